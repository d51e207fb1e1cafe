"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import type { WorkflowSummary } from "@/server/workflows/contract";

export function DeleteWorkflowDialog({ workflow, close }: { workflow: Pick<WorkflowSummary, "id" | "name">; close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.workflows.delete.mutationOptions({
      onSuccess: async () => {
        close();
        toast.success(`${workflow.name} is deleted.`);
        router.push(href("/workflows"));
        await queryClient.invalidateQueries({ queryKey: trpc.workflows.list.pathKey() });
      },
    }),
  );
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Delete ${workflow.name}?`}
        description="Its draft and versions disappear for everybody. Archiving keeps them and can be undone."
        footer={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button variant="destructive" disabled={remove.isPending} onClick={() => remove.mutate({ workflowId: workflow.id })}>
              Delete
            </Button>
          </>
        }
      >
        {remove.isError ? <Alert tone="danger" title={readRefusal(remove.error).message} /> : null}
      </DialogContent>
    </Dialog>
  );
}
