"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { type RouterOutputs, useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";

export type Imported = RouterOutputs["transfer"]["import"];

/** After an import: one workflow opens, several show in the list, and a toast takes them back. */
export function useImported(): (imported: Imported) => void {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const pathname = usePathname();
  const queryClient = useQueryClient();
  const mayDelete = useMay("workflow:delete");
  const remove = useMutation(trpc.workflows.changeMany.mutationOptions());
  const removeBlock = useMutation(trpc.modules.remove.mutationOptions());
  const refresh = () => {
    for (const part of [trpc.workflows.list, trpc.organizing, trpc.modules]) void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  };
  const undo = async ({ workflows, blocks }: Imported) => {
    try {
      await remove.mutateAsync({ workflowIds: workflows.map(({ id }) => id), action: "delete" });
      // Those that contain others come after them in the file, so the last goes first.
      for (const { slug, present } of blocks.toReversed()) if (!present) await removeBlock.mutateAsync({ module: slug });
    } catch (error) {
      toast.error(`Not everything was taken back. ${readRefusal(error).message}`);
    }
    refresh();
    router.push(href("/workflows"));
  };
  return (imported) => {
    const { workflows } = imported;
    const [first] = workflows;
    refresh();
    const said = workflows.length === 1 ? `${first?.name ?? "The workflow"} is imported as a draft.` : `${workflows.length} workflows are imported as drafts.`;
    toast.success(said, { ...(workflows.length > 1 ? { duration: 15_000 } : {}), ...(mayDelete ? { action: { label: "Undo", onClick: () => void undo(imported) } } : {}) });
    if (workflows.length === 1 && first !== undefined) router.push(href(`/workflows/${first.id}`));
    else if (pathname !== href("/workflows")) router.push(href("/workflows"));
  };
}
