"use client";

import { Archive, ArchiveRestore, Copy, Folder as FolderIcon, FolderInput, Star, Tags, Undo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ChooseFolderDialog } from "@/components/organizing/choose-folder-dialog";
import { beginDrag } from "@/components/organizing/dragging";
import { TagChip } from "@/components/organizing/tag-chip";
import { TagPicker } from "@/components/organizing/tag-picker";
import { useOrganizing } from "@/components/organizing/use-organizing";
import { StatusBadge } from "@/components/status/status-badge";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/class-names";
import type { ListedWorkflow } from "@/server/workflows/contract";
import { PublishState } from "./publish-state";
import { SearchMatches } from "./search-matches";
import { useLifecycle } from "./use-lifecycle";
import { useDuplicate, WorkflowMenu } from "./workflow-menu";

export interface WorkflowRowProps {
  workflow: ListedWorkflow;
  /** Names from the outermost folder; empty where the list shows one folder only. */
  path: readonly string[];
  isSelected: boolean;
  onSelect: (isSelected: boolean) => void;
  /** What a drag of this row carries. */
  dragged: () => readonly string[];
}

export function WorkflowRow({ workflow, path, isSelected, onSelect, dragged }: WorkflowRowProps) {
  const href = useHref();
  const mayWrite = useMayIn(workflow.id, "workflow:write");
  const { id, name, description, updatedAt, tags, deletedAt } = workflow;
  const isDeleted = deletedAt !== null;
  return (
    <li
      draggable={mayWrite && !isDeleted}
      onDragStart={(event) => beginDrag(event, "workflows", dragged())}
      className={cn("group relative flex items-start gap-3 px-3 py-3 transition-colors first:rounded-t-lg last:rounded-b-lg focus-within:bg-muted/60 hover:bg-muted/60 sm:px-4", isSelected && "bg-primary/5")}
    >
      <div className="relative z-10 flex items-center gap-1 pt-0.5">
        {mayWrite ? <Checkbox checked={isSelected} onCheckedChange={(checked) => onSelect(checked === true)} aria-label={`Select ${name}`} /> : null}
        {isDeleted ? null : <FavoriteButton workflow={workflow} />}
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {isDeleted ? (
            <span className="font-medium break-words">{name}</span>
          ) : (
            // The whole row is the link's target; buttons lie above it.
            <Link href={href(`/workflows/${id}`)} draggable={false} className="font-medium break-words after:absolute after:inset-0">
              {name}
            </Link>
          )}
          <PublishState workflow={workflow} />
          {tags.map((tag) => <TagChip key={tag.id} tag={tag} />)}
        </div>
        {description ? <p className="line-clamp-1 text-sm text-muted-foreground">{description}</p> : null}
        <SearchMatches workflow={workflow} />
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted-foreground">
          {path.length > 0 ? <span className="flex min-w-0 items-center gap-1"><FolderIcon className="size-3 shrink-0" aria-hidden /><span className="truncate">{path.join(" / ")}</span></span> : null}
          <span>{isDeleted ? "Deleted" : "Edited"} <Moment at={deletedAt ?? updatedAt} /></span>
        </p>
      </div>
      {isDeleted ? <UndeleteButton workflow={workflow} /> : <><RowActions workflow={workflow} /><LastRun workflow={workflow} /><div className="relative"><WorkflowMenu workflow={workflow} /></div></>}
    </li>
  );
}

function FavoriteButton({ workflow: { id, name, favorite } }: { workflow: ListedWorkflow }) {
  const { setFavorite } = useOrganizing();
  return (
    <Button variant="ghost" size="icon-sm" aria-pressed={favorite} aria-label={`Favourite: ${name}`} title={favorite ? "Take from my favourites" : "Add to my favourites"} onClick={() => setFavorite(id, !favorite)}>
      <Star className={favorite ? "fill-warning text-warning" : "text-muted-foreground"} aria-hidden />
    </Button>
  );
}

function LastRun({ workflow: { lastRun, name } }: { workflow: ListedWorkflow }) {
  const href = useHref();
  if (lastRun === null) return <span className="hidden w-28 pt-1 text-right text-xs text-muted-foreground sm:block">Never run</span>;
  return (
    <Link href={href(`/runs/${lastRun.id}`)} className="relative flex shrink-0 flex-col items-end gap-1 rounded-md text-xs text-muted-foreground sm:w-28">
      <span className="sr-only">Last run of {name}:</span>
      <StatusBadge status={lastRun.status} />
      <span className="max-sm:hidden"><Moment at={lastRun.createdAt} /></span>
    </Link>
  );
}

/** What people do most, one click away on wide screens; the menu has all of it. */
function RowActions({ workflow }: { workflow: ListedWorkflow }) {
  const mayWrite = useMayIn(workflow.id, "workflow:write");
  const mayDelete = useMayIn(workflow.id, "workflow:delete");
  const organizing = useOrganizing();
  const { apply } = useLifecycle();
  const duplicate = useDuplicate(workflow);
  const [dialog, setDialog] = useState<"move" | "tags" | null>(null);
  const isArchived = workflow.archivedAt !== null;
  const close = () => setDialog(null);
  if (!mayWrite) return null;
  return (
    <div className="relative hidden items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 lg:flex">
      <RowAction label={`Tags of ${workflow.name}`} title="Tags" icon={Tags} onClick={() => setDialog("tags")} />
      <RowAction label={`Move ${workflow.name}`} title="Move to folder" icon={FolderInput} onClick={() => setDialog("move")} />
      <RowAction label={`Duplicate ${workflow.name}`} title="Duplicate" icon={Copy} onClick={duplicate} />
      {mayDelete ? <RowAction label={`${isArchived ? "Restore" : "Archive"} ${workflow.name}`} title={isArchived ? "Restore" : "Archive"} icon={isArchived ? ArchiveRestore : Archive} onClick={() => apply(isArchived ? "restore" : "archive", [workflow])} /> : null}
      {dialog === "tags" ? <TagPicker items={[workflow]} title={`Tags of ${workflow.name}`} close={close} /> : null}
      {dialog === "move" ? <ChooseFolderDialog title={`Move ${workflow.name} to`} current={workflow.folderId} onChoose={(folder) => organizing.move([workflow.id], folder)} close={close} /> : null}
    </div>
  );
}

function RowAction({ label, title, icon: Icon, onClick }: { label: string; title: string; icon: typeof Tags; onClick: () => void }) {
  return (
    <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={label} title={title} onClick={onClick}>
      <Icon aria-hidden />
    </Button>
  );
}

function UndeleteButton({ workflow }: { workflow: ListedWorkflow }) {
  const { apply } = useLifecycle();
  if (!useMayIn(workflow.id, "workflow:delete")) return null;
  return (
    <Button size="sm" className="relative" aria-label={`Take back ${workflow.name}`} onClick={() => apply("undelete", [workflow])}>
      <Undo2 aria-hidden />
      Take back
    </Button>
  );
}
