"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { ProtectionState } from "@/server/reviews/contract";
import type { WorkflowDetail } from "@/server/workflows/contract";
import { ReviewStatus } from "./review-status";

/** In place of publishing, where another person has to approve the draft first. */
export function RequestReviewDialog({ workflow, revision, state, bypass, close }: { workflow: WorkflowDetail; revision: number; state: ProtectionState; bypass: () => void; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [note, setNote] = useState("");
  const request = useMutation(
    trpc.reviews.request.mutationOptions({
      onSuccess: () => {
        toast.success("The review is asked for. You can publish once somebody has approved.");
        close();
        return queryClient.invalidateQueries({ queryKey: trpc.reviews.pathKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    request.mutate({ workflowId: workflow.id, note, revision });
  };
  const waits = state.review !== null && !state.review.isStale && state.review.status === "open";
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Request review"
        description="Publishing here needs the approval of another person. They see what is different from the published version."
        footer={
          <>
            {state.mayBypass ? <Button variant="ghost" className="mr-auto" onClick={bypass}>Publish without review</Button> : null}
            <Button onClick={close}>Cancel</Button>
            <Button form="request-review" type="submit" variant="primary" disabled={request.isPending}>{waits ? "Request again" : "Request review"}</Button>
          </>
        }
      >
        <form id="request-review" onSubmit={submit} className="flex flex-col gap-4">
          {request.isError ? <Alert tone="danger" title={readRefusal(request.error).message} /> : null}
          {state.review === null ? null : (
            <p className="flex flex-wrap items-center gap-2 text-sm">
              <ReviewStatus review={state.review} />
              <span className="text-muted-foreground">The review under way is withdrawn by a new one.</span>
            </p>
          )}
          <Field label="Note" hint="What is different and why, for whoever reviews it.">
            {(control) => <Textarea {...control} value={note} maxLength={5_000} onChange={(event) => setNote(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
