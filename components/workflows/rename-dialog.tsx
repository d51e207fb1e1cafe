"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { WorkflowSummary } from "@/server/workflows/contract";

export function RenameDialog({ workflow, close }: { workflow: Pick<WorkflowSummary, "id" | "name" | "description">; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(workflow.name);
  const [description, setDescription] = useState(workflow.description);
  const rename = useMutation(
    trpc.workflows.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
        close();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate({ workflowId: workflow.id, name, description });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Rename workflow"
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="rename-workflow" type="submit" variant="primary" disabled={rename.isPending || name.trim() === ""}>
              Save
            </Button>
          </>
        }
      >
        <form id="rename-workflow" onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" required error={rename.isError ? readRefusal(rename.error).message : null}>
            {(control) => <Input {...control} value={name} maxLength={200} required onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label="Description">
            {(control) => <Textarea {...control} value={description} maxLength={10_000} onChange={(event) => setDescription(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
