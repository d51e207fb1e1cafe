"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, MoreVertical, Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { WorkflowSummary } from "@/server/workflows/contract";
import { DeleteWorkflowDialog } from "./delete-workflow-dialog";
import { RenameDialog } from "./rename-dialog";

/** What can be done to a workflow as a whole. */
export function WorkflowMenu({ workflow }: { workflow: WorkflowSummary }) {
  const mayWrite = useMay("workflow:write");
  const mayDelete = useMay("workflow:delete");
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const { archive, restore } = useArchiving(workflow);
  if (!mayWrite && !mayDelete) return null;
  const isArchived = workflow.archivedAt !== null;
  const close = () => setDialog(null);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`More actions for ${workflow.name}`}>
            <MoreVertical aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {mayWrite ? (
            <DropdownMenuItem onSelect={() => setDialog("rename")}>
              <Pencil aria-hidden />
              Rename
            </DropdownMenuItem>
          ) : null}
          {mayDelete ? (
            <>
              <DropdownMenuItem onSelect={() => (isArchived ? restore() : archive())}>
                {isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
                {isArchived ? "Restore" : "Archive"}
              </DropdownMenuItem>
              <DropdownMenuSeparator />
              <DropdownMenuItem destructive onSelect={() => setDialog("delete")}>
                <Trash2 aria-hidden />
                Delete
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog === "rename" ? <RenameDialog workflow={workflow} close={close} /> : null}
      {dialog === "delete" ? <DeleteWorkflowDialog workflow={workflow} close={close} /> : null}
    </>
  );
}

function useArchiving(workflow: WorkflowSummary) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const restoring = useMutation(
    trpc.workflows.restore.mutationOptions({
      onSuccess: () => {
        toast.success(`${workflow.name} is back.`);
        return refresh();
      },
      onError,
    }),
  );
  const restore = () => restoring.mutate({ workflowId: workflow.id });
  const archiving = useMutation(
    trpc.workflows.archive.mutationOptions({
      onSuccess: () => {
        toast.success(`${workflow.name} is archived and does not run any more.`, { action: { label: "Undo", onClick: restore } });
        router.push(href("/workflows"));
        return refresh();
      },
      onError,
    }),
  );
  return { archive: () => archiving.mutate({ workflowId: workflow.id }), restore };
}
