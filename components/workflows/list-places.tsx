"use client";

import { Archive, FolderMinus, Layers, Star, Trash2, type LucideIcon } from "lucide-react";
import { ErrorState } from "@/components/data/error-state";
import { FolderTree } from "@/components/organizing/folder-tree";
import { useDropTarget } from "@/components/organizing/folder-row";
import { TagList } from "@/components/organizing/tag-list";
import { useOrganizing, useTree } from "@/components/organizing/use-organizing";
import type { UrlChange } from "@/components/shell/use-url-state";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { cn } from "@/components/ui/class-names";
import { SkeletonRows } from "@/components/ui/skeleton";
import { placeChange, type ListFilter } from "./list-filter";

/** Where to look: everything, favourites, folders, tags, the archive and what was deleted. */
export function ListPlaces({ filter, change }: { filter: ListFilter; change: (change: UrlChange) => void }) {
  const tree = useTree();
  const mayWrite = useMayEverywhere("workflow:write");
  const { move } = useOrganizing();
  const out = useDropTarget(mayWrite, (ids) => move(ids, { id: null, name: "the top" }));
  const isShelf = (shelf: ListFilter["shelf"]) => filter.folder === null && filter.shelf === shelf;
  if (tree.isError) return <ErrorState error={tree.error} retry={() => void tree.refetch()} what="folders and tags" />;
  if (!tree.isSuccess) return <SkeletonRows count={6} />;
  const { counts, folders, tags } = tree.data;
  return (
    <nav aria-label="Places of workflows" className="flex flex-col gap-4">
      <div className="flex flex-col">
        <Place label="All workflows" icon={Layers} count={counts.all} isCurrent={isShelf("active")} onClick={() => change(placeChange({ shelf: "active" }))} />
        <Place label="Favourites" icon={Star} count={counts.favorites} isCurrent={isShelf("favorites")} onClick={() => change(placeChange({ shelf: "favorites" }))} />
        {folders.length > 0 ? (
          <div {...out.handlers} className={cn("rounded-md", out.isOver && "ring-2 ring-primary ring-inset")}>
            <Place label="In no folder" icon={FolderMinus} count={counts.unfiled} isCurrent={filter.folder === "none"} onClick={() => change(placeChange({ folder: "none" }))} />
          </div>
        ) : null}
      </div>
      <FolderTree folders={folders} current={filter.folder} onChoose={(folder) => change(folder === null ? placeChange({ shelf: "active" }) : placeChange({ folder }))} />
      <TagList tags={tags} chosen={filter.tags} onChange={(tag) => change({ tag })} />
      <div className="flex flex-col">
        <Place label="Archived" icon={Archive} count={counts.archived} isCurrent={isShelf("archived")} onClick={() => change(placeChange({ shelf: "archived" }))} />
        <Place label="Deleted" icon={Trash2} count={counts.deleted} isCurrent={isShelf("deleted")} onClick={() => change(placeChange({ shelf: "deleted" }))} />
      </div>
    </nav>
  );
}

function Place({ label, icon: Icon, count, isCurrent, onClick }: { label: string; icon: LucideIcon; count: number; isCurrent: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-current={isCurrent ? "true" : undefined}
      onClick={onClick}
      className={cn("flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm hover:bg-accent", isCurrent && "bg-accent text-accent-foreground")}
    >
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <span className="flex-1 truncate">{label}</span>
      <span className="text-xs text-muted-foreground tabular-nums">{count}<span className="sr-only"> workflows</span></span>
    </button>
  );
}
