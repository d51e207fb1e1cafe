"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import type { WorkflowDetail, WorkflowProblem } from "@/server/workflows/contract";
import { ProblemIcon } from "./problems-panel";

export interface PublishDialogProps {
  workflow: WorkflowDetail;
  /** The draft that the person has seen. */
  revision: number;
  /** It was changed since. */
  isOutdated: boolean;
  problems: readonly WorkflowProblem[] | null;
  /** Without the review that is needed here, by somebody who may. */
  bypassReview?: boolean;
  close: () => void;
}

export function PublishDialog({ workflow, revision, isOutdated, problems, bypassReview = false, close }: PublishDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [note, setNote] = useState("");
  const publish = useMutation(
    trpc.workflows.publish.mutationOptions({
      onSuccess: async (version) => {
        toast.success(`Version ${version.number} is published. ${version.current ? "New runs use it." : "It is in the first environment: promote it under Versions."}`);
        close();
        await Promise.all([queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.reviews.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.deployments.pathKey() })]);
      },
    }),
  );
  const refusal = publish.isError ? readRefusal(publish.error) : null;
  const errors = [...(refusal?.problems ?? []), ...(problems ?? [])].filter(({ severity }) => severity === "error");
  const isBlocked = errors.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    publish.mutate({ workflowId: workflow.id, note, revision, ...(bypassReview ? { bypassReview } : {}) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Publish version ${(workflow.versions[0]?.number ?? 0) + 1}`}
        description="A version never changes again. Runs that are under way keep the version they began with."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="publish" type="submit" variant="primary" disabled={isBlocked || isOutdated || publish.isPending}>
              {publish.isPending ? "Publishing …" : "Publish"}
            </Button>
          </>
        }
      >
        <form id="publish" onSubmit={submit} className="flex flex-col gap-4">
          {isOutdated ? <Alert title="The draft was changed elsewhere meanwhile. Close this, look at what is new, and publish then." /> : null}
          {isBlocked ? <Blocked errors={errors} /> : <Warned problems={problems} />}
          {refusal !== null && !isBlocked ? <Alert tone="danger" title={refusal.message} /> : null}
          {bypassReview ? <Alert title="Publishing needs a review here. That you publish without is written into the audit log." /> : null}
          <Field label="Note" hint="What is different, for whoever reads the list of versions.">
            {(control) => <Textarea {...control} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}

export function Blocked({ errors }: { errors: readonly WorkflowProblem[] }) {
  return (
    <Alert tone="danger" title={`${errors.length === 1 ? "One error has" : `${errors.length} errors have`} to be solved first.`}>
      <ProblemLines problems={errors} />
    </Alert>
  );
}

/** What keeps nobody from publishing, and may be meant. */
export function Warned({ problems }: { problems: readonly WorkflowProblem[] | null }) {
  const warnings = (problems ?? []).filter(({ severity }) => severity === "warning");
  if (warnings.length === 0) return null;
  return (
    <Alert tone="warning" title={warnings.length === 1 ? "There is one warning." : `There are ${warnings.length} warnings.`}>
      <ProblemLines problems={warnings} />
    </Alert>
  );
}

function ProblemLines({ problems }: { problems: readonly WorkflowProblem[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {problems.slice(0, 8).map((problem, index) => (
        <li key={index} className="flex gap-1.5">
          <ProblemIcon severity={problem.severity} />
          <span className="min-w-0 break-words">
            {problem.nodeId ? <code className="mr-1 font-mono text-xs">{problem.nodeId}</code> : null}
            {problem.message}
          </span>
        </li>
      ))}
      {problems.length > 8 ? <li>and {problems.length - 8} more</li> : null}
    </ul>
  );
}
