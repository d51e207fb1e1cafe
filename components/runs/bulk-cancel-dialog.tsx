"use client";

import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { useBulkCancel, type BulkOutcome } from "./use-bulk";

interface BulkCancelDialogProps {
  runIds: string[];
  close: () => void;
  onDone: (outcome: BulkOutcome) => void;
}

export function BulkCancelDialog({ runIds, close, onDone }: BulkCancelDialogProps) {
  const [reason, setReason] = useState("");
  const cancel = useBulkCancel((outcome) => {
    onDone(outcome);
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    cancel.mutate({ runIds, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={runIds.length === 1 ? "Cancel this run?" : `Cancel these ${runIds.length} runs?`}
        description="Steps that are running are told to stop. What has finished stays; “finally” parts still run."
        footer={
          <>
            <Button onClick={close}>Let them run</Button>
            <Button form="cancel-runs" type="submit" variant="destructive" disabled={cancel.isPending}>Cancel {runIds.length === 1 ? "the run" : `${runIds.length} runs`}</Button>
          </>
        }
      >
        <form id="cancel-runs" onSubmit={submit}>
          <Field label="Reason" hint="Shown on each run." error={cancel.isError ? readRefusal(cancel.error).message : null}>
            {(control) => <Textarea {...control} value={reason} maxLength={1_000} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
