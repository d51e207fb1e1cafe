"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";

/** Folders, tags and counts of the workspace. */
export function useTree() {
  const trpc = useTRPC();
  return useQuery(trpc.organizing.tree.queryOptions());
}

/** Changes to where things lie. Each says what it did and can be undone; lists and counts follow. */
export function useOrganizing() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => Promise.all([queryClient.invalidateQueries({ queryKey: trpc.organizing.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() })]);
  const handlers = { onError: (error: unknown) => void toast.error(readRefusal(error).message), onSettled: refresh };
  const moving = useMutation(trpc.organizing.moveItems.mutationOptions(handlers));
  const tagging = useMutation(trpc.organizing.tagItems.mutationOptions(handlers));
  const liking = useMutation(trpc.organizing.setFavorite.mutationOptions(handlers));
  const movingFolder = useMutation(trpc.organizing.moveFolder.mutationOptions(handlers));
  const deletingFolder = useMutation(trpc.organizing.deleteFolder.mutationOptions(handlers));
  const restoringFolder = useMutation(trpc.organizing.restoreFolder.mutationOptions(handlers));
  const deletingTag = useMutation(trpc.organizing.deleteTag.mutationOptions(handlers));
  const makingTag = useMutation(trpc.organizing.createTag.mutationOptions(handlers));
  const undo = (label: string, onClick: () => void) => void toast.success(label, { action: { label: "Undo", onClick } });
  return {
    refresh,
    setFavorite: (itemId: string, favorite: boolean) => liking.mutate({ itemId, favorite }),
    tag: (itemIds: string[], change: { add?: string[]; remove?: string[] }) => tagging.mutate({ itemIds, ...change }),
    move: (itemIds: string[], folder: { id: string | null; name: string }) =>
      moving.mutate({ itemIds, folderId: folder.id }, {
        onSuccess: ({ before }) => undo(`${itemIds.length === 1 ? "Moved" : `${itemIds.length} workflows moved`} to ${folder.name}.`, () => {
          for (const folderId of new Set(before.map((entry) => entry.folderId))) {
            moving.mutate({ itemIds: before.filter((entry) => entry.folderId === folderId).map(({ itemId }) => itemId), folderId });
          }
        }),
      }),
    moveFolder: (folder: { id: string; name: string; parentId: string | null }, parentId: string | null) =>
      movingFolder.mutate({ folderId: folder.id, parentId }, {
        onSuccess: () => undo(`${folder.name} is moved.`, () => movingFolder.mutate({ folderId: folder.id, parentId: folder.parentId })),
      }),
    deleteFolder: (folder: { id: string; name: string }) =>
      deletingFolder.mutate({ folderId: folder.id }, {
        onSuccess: (deleted) => undo(`The folder ${folder.name} is deleted; what it held is one level up.`, () => restoringFolder.mutate(deleted)),
      }),
    deleteTag: (tag: { id: string; name: string }) =>
      deletingTag.mutate({ tagId: tag.id }, { onSuccess: (deleted) => undo(`The tag ${tag.name} is deleted.`, () => makingTag.mutate(deleted)) }),
  };
}
