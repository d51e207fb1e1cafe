"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

export function CancelDialog({ runId, close }: { runId: string; close: () => void }) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const cancel = useMutation(
    trpc.runs.cancel.mutationOptions({
      onSuccess: ({ requested }) => {
        toast.success(requested ? "The run is being cancelled." : "The run had already ended.");
        close();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    cancel.mutate({ runId, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Cancel this run?"
        description="Steps that are running are told to stop. What has finished stays; “finally” parts still run."
        footer={
          <>
            <Button onClick={close}>Let it run</Button>
            <Button form="cancel-run" type="submit" variant="destructive" disabled={cancel.isPending}>
              Cancel the run
            </Button>
          </>
        }
      >
        <form id="cancel-run" onSubmit={submit}>
          <Field label="Reason" hint="Shown on the run." error={cancel.isError ? readRefusal(cancel.error).message : null}>
            {(control) => <Textarea {...control} value={reason} maxLength={1_000} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
