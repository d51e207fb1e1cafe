"use client";

import { MoreHorizontal, PencilLine, Save, Trash2, UserRound, Users } from "lucide-react";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { SavedView } from "@/server/saved-views/contract";
import type { ViewChanges } from "./use-view-changes";

export interface ViewMenuProps {
  view: SavedView;
  /** The filter that is seen just now. */
  query: string;
  onRename: () => void;
  changes: ViewChanges;
}

/** What becomes of a view: at once, with a way back. */
export function ViewMenu({ view, query, onRename, changes: { update, remove } }: ViewMenuProps) {
  const mayShare = useMay("run:start");
  const { id: viewId, name, shared } = view;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Change the view ${name}`}>
          <MoreHorizontal aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem disabled={query === "" || query === view.query} onSelect={() => update({ viewId, query }, { viewId, query: view.query }, `The view ${name} has the filter that you see.`)}>
          <Save aria-hidden />
          Save this filter over it
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onRename}>
          <PencilLine aria-hidden />
          Rename …
        </DropdownMenuItem>
        {shared || mayShare ? (
          <DropdownMenuItem onSelect={() => update({ viewId, shared: !shared }, { viewId, shared }, shared ? `The view ${name} is its owner's alone.` : `Everybody in the workspace sees the view ${name}.`)}>
            {shared ? <UserRound aria-hidden /> : <Users aria-hidden />}
            {shared ? "Share no more" : "Share with the workspace"}
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem destructive onSelect={() => remove(view)}>
          <Trash2 aria-hidden />
          Delete
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
