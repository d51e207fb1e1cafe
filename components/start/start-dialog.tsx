"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import type { Startable } from "@/server/runs/contract";

export function StartDialog({ workflow, close }: { workflow: Startable; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useSchemaForm(workflow.input);
  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess: () => {
        close();
        toast.success(`${workflow.name} is started.`);
        return queryClient.invalidateQueries({ queryKey: trpc.runs.own.pathKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.check()) start.mutate({ workflowId: workflow.workflowId, input: form.value });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`Start ${workflow.name}`} className="max-w-xl">
        <form onSubmit={submit} noValidate className="flex flex-col gap-4">
          {start.isError ? <Alert tone="danger" title={readRefusal(start.error).message} /> : null}
          <JsonSchemaForm form={form} label="Input" />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={start.isPending}>
              {start.isPending ? "Starting …" : "Start"}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
