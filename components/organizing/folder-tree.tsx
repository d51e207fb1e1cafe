"use client";

import { FolderPlus } from "lucide-react";
import { useState } from "react";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import type { Folder } from "@/server/organizing/contract";
import { ChooseFolderDialog } from "./choose-folder-dialog";
import { FolderAccessDialog, NewFolderDialog, RenameFolderDialog } from "./folder-dialogs";
import { folderPath, idsWithin, toFolderTree, type FolderNode } from "./folder-paths";
import { FolderRow, type FolderAction } from "./folder-row";
import { useOrganizing } from "./use-organizing";

export interface FolderTreeProps {
  folders: readonly Folder[];
  current: string | null;
  onChoose: (folderId: string | null) => void;
}

/** The workspace's folders: open, make, rename, move by dragging or by menu, delete. */
export function FolderTree({ folders, current, onChoose }: FolderTreeProps) {
  const mayMake = useMayEverywhere("workflow:write");
  const organizing = useOrganizing();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<{ action: FolderAction; folder: Folder | null } | null>(null);
  const close = () => setDialog(null);
  const path = new Set(folderPath(folders, current).slice(0, -1).map(({ id }) => id));
  const act = (folder: Folder, action: FolderAction) => {
    if (action !== "delete") return setDialog({ action, folder });
    organizing.deleteFolder(folder);
    if (current === folder.id) onChoose(folder.parentId);
  };
  const moveInto = (id: string, target: Folder | null) => {
    const folder = folders.find((candidate) => candidate.id === id);
    if (folder === undefined || folder.parentId === (target?.id ?? null) || (target !== null && idsWithin(folders, id).has(target.id))) return;
    organizing.moveFolder(folder, target?.id ?? null);
  };
  const open = (id: string, isOpen: boolean) => {
    const next = new Set(closed);
    if (isOpen) next.delete(id);
    else next.add(id);
    setClosed(next);
  };
  const draw = (nodes: readonly FolderNode[]) => (
    <ul className="flex flex-col">
      {nodes.map((folder) => {
        const isOpen = !closed.has(folder.id) || path.has(folder.id);
        return (
          <li key={folder.id}>
            <FolderRow
              folder={folder}
              isCurrent={folder.id === current}
              isOpen={isOpen}
              onOpen={(next) => open(folder.id, next)}
              onChoose={() => onChoose(folder.id)}
              onAction={(action) => act(folder, action)}
              onDropWorkflows={(ids) => organizing.move(ids, folder)}
              onDropFolder={(id) => moveInto(id, folder)}
            />
            {isOpen && folder.children.length > 0 ? draw(folder.children) : null}
          </li>
        );
      })}
    </ul>
  );
  return (
    <section aria-label="Folders">
      <div className="flex items-center justify-between pr-1 pl-2">
        <h2 className="text-xs font-medium text-muted-foreground">Folders</h2>
        {mayMake ? (
          <Button variant="ghost" size="icon-sm" aria-label="New folder" title="New folder" onClick={() => setDialog({ action: "create", folder: null })}>
            <FolderPlus aria-hidden />
          </Button>
        ) : null}
      </div>
      {folders.length === 0 ? <p className="px-2 pb-1 text-xs text-muted-foreground">Drag workflows into folders, or move them by their menu.</p> : draw(toFolderTree(folders))}
      {dialog?.action === "create" ? <NewFolderDialog parent={dialog.folder} close={close} onCreated={(folder) => (dialog.folder === null ? undefined : open(folder.parentId ?? "", true))} /> : null}
      {dialog?.action === "access" && dialog.folder ? <FolderAccessDialog folder={dialog.folder} close={close} /> : null}
      {dialog?.action === "rename" && dialog.folder ? <RenameFolderDialog folder={dialog.folder} close={close} /> : null}
      {dialog?.action === "move" && dialog.folder ? (
        <ChooseFolderDialog
          title={`Move ${dialog.folder.name} into`}
          current={dialog.folder.parentId}
          excluded={idsWithin(folders, dialog.folder.id)}
          onChoose={({ id }) => organizing.moveFolder(dialog.folder!, id)}
          close={close}
        />
      ) : null}
    </section>
  );
}
