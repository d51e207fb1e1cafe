"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { BulkAction, BulkJobView } from "@/server/bulk-jobs/contract";
import type { toListInput } from "./run-filter";

const LABELS: Readonly<Record<BulkAction, string>> = {
  failure: "Re-run the failed ones from the step that failed",
  rerun: "Re-run them from their start",
  cancel: "Cancel those that have not ended",
};

export interface BulkAllDialogProps {
  /** The filter, with what it counts back from. */
  input: ReturnType<typeof toListInput>;
  close: () => void;
}

/** Something for all runs that fit the filter, however many: the server goes through them. */
export function BulkAllDialog({ input: given, close }: BulkAllDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [mayStart, mayCancel] = [useMay("run:start"), useMay("run:cancel")];
  const actions: BulkAction[] = [...(mayStart ? (["failure", "rerun"] as const) : []), ...(mayCancel ? (["cancel"] as const) : [])];
  const [action, setAction] = useState<BulkAction>(actions[0] ?? "cancel");
  const [reason, setReason] = useState("");
  // Runs that begin while somebody reads this are not meant.
  const [filter] = useState(() => ({ ...given, to: given.to ?? new Date().toISOString() }));
  const counted = useQuery(trpc.bulkJobs.count.queryOptions({ action, filter }));
  const begun = {
    onSuccess: (job: BulkJobView) => {
      queryClient.setQueryData<BulkJobView[]>(trpc.bulkJobs.list.queryKey(), (jobs) => [job, ...(jobs ?? [])]);
      close();
    },
  };
  const cancel = useMutation(trpc.bulkJobs.cancel.mutationOptions(begun));
  const rerun = useMutation(trpc.bulkJobs.rerun.mutationOptions(begun));
  const { isPending, error } = action === "cancel" ? cancel : rerun;
  const begin = () => (action === "cancel" ? cancel.mutate({ filter, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }) : rerun.mutate({ filter, from: action === "failure" ? "failure" : "start" }));
  const count = counted.data === undefined ? null : `${counted.data.isMore ? "More than " : ""}${counted.data.count.toLocaleString("en")} ${counted.data.count === 1 && !counted.data.isMore ? "run" : "runs"}`;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="All runs that fit the filter"
        description="The server goes through them, from the newest to the oldest. It goes on when this page is closed, shows its progress above the list of runs, and can be stopped."
        footer={
          <>
            <Button onClick={close}>Leave them</Button>
            <Button variant={action === "cancel" ? "destructive" : "primary"} disabled={isPending || counted.data === undefined || counted.data.count === 0} onClick={begin}>Begin</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label="What to do">
            {(control) => <Select {...control} value={action} options={actions.map((value) => ({ value, label: LABELS[value] }))} onValueChange={(next) => setAction(next as BulkAction)} />}
          </Field>
          {action === "cancel" ? (
            <Field label="Reason" hint="Shown on each run.">
              {(control) => <Textarea {...control} value={reason} maxLength={1_000} onChange={(event) => setReason(event.target.value)} />}
            </Field>
          ) : null}
          <p role="status" className="text-sm">{counted.isError ? readRefusal(counted.error).message : count === null ? "Counting …" : `${count} of before now.`}</p>
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
        </div>
      </DialogContent>
    </Dialog>
  );
}
