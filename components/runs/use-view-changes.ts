"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { toast } from "@/components/ui/toast";
import type { SavedView } from "@/server/saved-views/contract";

type Change = { viewId: string; query?: string; shared?: boolean };

export interface ViewChanges {
  update: (next: Change, before: Change, said: string) => void;
  remove: (view: SavedView) => void;
}

/** Where the list stands: what tells of a change has to outlast the row that it was chosen in. */
export function useViewChanges(): ViewChanges {
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
