"use client";

import { ChevronRight, Folder as FolderIcon, FolderOpen, FolderPlus, FolderInput, MoreVertical, Pencil, Trash2, UserLock } from "lucide-react";
import { useState, type DragEvent } from "react";
import { useMayIn } from "@/components/shell/rights";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { beginDrag, carries, dropped } from "./dragging";
import type { FolderNode } from "./folder-paths";

export type FolderAction = "create" | "rename" | "move" | "delete" | "access";

export interface FolderRowProps {
  folder: FolderNode;
  isCurrent: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChoose: () => void;
  onAction: (action: FolderAction) => void;
  onDropWorkflows: (ids: string[]) => void;
  onDropFolder: (id: string) => void;
}

export function FolderRow({ folder, isCurrent, isOpen, onOpen, onChoose, onAction, onDropWorkflows, onDropFolder }: FolderRowProps) {
  const mayWrite = useMayIn(folder.id, "workflow:write");
  // What lies at the edge of what somebody may see does not leave it.
  const mayMove = useMayEverywhere("workflow:write") || (mayWrite && folder.parentId !== null);
  const maySeeAccess = useMayIn(folder.id, "access:read");
  const { isOver, handlers } = useDropTarget(mayWrite, onDropWorkflows, onDropFolder);
  const Icon = isCurrent || isOpen ? FolderOpen : FolderIcon;
  return (
    <div
      {...handlers}
      draggable={mayMove}
      onDragStart={(event) => {
        event.stopPropagation();
        beginDrag(event, "folder", [folder.id]);
      }}
      className={cn("group flex items-center rounded-md hover:bg-accent", isCurrent && "bg-accent text-accent-foreground", isOver && "ring-2 ring-primary ring-inset")}
      style={{ paddingLeft: `${folder.depth * 0.9}rem` }}
    >
      {folder.children.length > 0 ? (
        <button type="button" className="rounded-sm p-1 text-muted-foreground" aria-expanded={isOpen} aria-label={`Folders in ${folder.name}`} onClick={() => onOpen(!isOpen)}>
          <ChevronRight className={cn("size-3.5 transition-transform", isOpen && "rotate-90")} aria-hidden />
        </button>
      ) : (
        <span className="w-5.5" />
      )}
      <button type="button" aria-current={isCurrent ? "true" : undefined} onClick={onChoose} className="flex min-w-0 flex-1 items-center gap-2 py-1.5 text-left text-sm">
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{folder.name}</span>
        <span className="text-xs text-muted-foreground tabular-nums">{folder.count}<span className="sr-only"> workflows</span></span>
      </button>
      {mayWrite || maySeeAccess ? <FolderMenu folder={folder} mayWrite={mayWrite} mayMove={mayMove} maySeeAccess={maySeeAccess} onAction={onAction} /> : <span className="w-2" />}
    </div>
  );
}

interface FolderMenuProps {
  folder: FolderNode;
  mayWrite: boolean;
  mayMove: boolean;
  maySeeAccess: boolean;
  onAction: (action: FolderAction) => void;
}

function FolderMenu({ folder, mayWrite, mayMove, maySeeAccess, onAction }: FolderMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Actions for folder ${folder.name}`} className="text-muted-foreground">
          <MoreVertical aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {mayWrite ? (
          <>
            <DropdownMenuItem onSelect={() => onAction("create")}><FolderPlus aria-hidden />New folder inside</DropdownMenuItem>
            <DropdownMenuItem onSelect={() => onAction("rename")}><Pencil aria-hidden />Rename</DropdownMenuItem>
          </>
        ) : null}
        {mayMove ? <DropdownMenuItem onSelect={() => onAction("move")}><FolderInput aria-hidden />Move to …</DropdownMenuItem> : null}
        {maySeeAccess ? <DropdownMenuItem onSelect={() => onAction("access")}><UserLock aria-hidden />Access …</DropdownMenuItem> : null}
        {mayMove ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem destructive onSelect={() => onAction("delete")}><Trash2 aria-hidden />Delete folder</DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Takes workflows and folders that are dragged onto it. */
export function useDropTarget(isEnabled: boolean, onWorkflows: (ids: string[]) => void, onFolder?: (id: string) => void) {
  const [isOver, setOver] = useState(false);
  const takes = (event: DragEvent) => isEnabled && (carries(event, "workflows") || (onFolder !== undefined && carries(event, "folder")));
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!takes(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!takes(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const workflows = dropped(event, "workflows");
      if (workflows.length > 0) onWorkflows(workflows);
      const [folder] = dropped(event, "folder");
      if (folder !== undefined) onFolder?.(folder);
    },
  };
  return { isOver, handlers };
}
