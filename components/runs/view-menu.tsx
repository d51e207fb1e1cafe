"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal, PencilLine, Save, Trash2, UserRound, Users } from "lucide-react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { SavedView } from "@/server/saved-views/contract";

export interface ViewMenuProps {
  view: SavedView;
  /** The filter that is seen just now. */
  query: string;
  onRename: () => void;
}

/** What becomes of a view: at once, with a way back. */
export function ViewMenu({ view, query, onRename }: ViewMenuProps) {
  const { update, remove } = useChanges();
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

type Change = { viewId: string; query?: string; shared?: boolean };

function useChanges() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = {
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: trpc.savedViews.list.pathKey() }),
    onError: (error: unknown) => void toast.error(readRefusal(error).message),
  };
  const create = useMutation(trpc.savedViews.create.mutationOptions(options));
  const change = useMutation(trpc.savedViews.update.mutationOptions(options));
  const drop = useMutation(trpc.savedViews.remove.mutationOptions(options));
  return {
    update: (next: Change, before: Change, said: string) => change.mutate(next, { onSuccess: () => void toast.success(said, { action: { label: "Undo", onClick: () => change.mutate(before) } }) }),
    remove: ({ id, name, query, shared }: SavedView) =>
      drop.mutate({ viewId: id }, { onSuccess: () => void toast.success(`The view ${name} is deleted.`, { action: { label: "Undo", onClick: () => create.mutate({ page: "runs", name, query, shared }) } }) }),
  };
}
