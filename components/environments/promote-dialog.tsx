"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { Comparison } from "@/components/versions/comparison";
import type { PromotionPlan } from "@/server/deployments/contract";
import { ComparedValues } from "./compared-values";

const NOTHING = { schema: 1, nodes: [], edges: [] };

/** What changes in an environment before it does: the version, what keeps it out, and the values that differ. */
export function PromoteDialog({ workflowId, environment, versionId, close }: { workflowId: string; environment: string; versionId: string | undefined; close: () => void }) {
  const trpc = useTRPC();
  const plan = useQuery(trpc.deployments.plan.queryOptions({ workflowId, environment, versionId }, { gcTime: 0, staleTime: Infinity }));
  const title = plan.data === undefined ? "Promote" : plan.data.from === null ? `Roll back ${plan.data.environment.name} to version ${plan.data.version.number}` : `Promote version ${plan.data.version.number} to ${plan.data.environment.name}`;
  if (plan.data !== undefined) return <Planned plan={plan.data} title={title} workflowId={workflowId} close={close} again={() => void plan.refetch()} />;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={title} className="max-w-6xl">{plan.isError ? <ErrorState error={plan.error} retry={() => void plan.refetch()} what="the difference" /> : <SkeletonRows />}</DialogContent>
    </Dialog>
  );
}

function Planned({ plan, title, workflowId, close, again }: { plan: PromotionPlan; title: string; workflowId: string; close: () => void; again: () => void }) {
  const trpc = useTRPC();
  const href = useHref();
  const queryClient = useQueryClient();
  const [note, setNote] = useState("");
  const [bypassReview, setBypass] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  const { environment, from, version, current, checks, values, review, approval, isLocked, mayPromote } = plan;
  const options = {
    onSuccess: async () => {
      toast.success(`${environment.name} has version ${version.number}.`);
      close();
      await Promise.all([trpc.deployments.pathKey(), trpc.workflows.pathKey(), trpc.triggers.pathKey(), trpc.reviews.pathKey()].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
  };
  const promote = useMutation(trpc.deployments.promote.mutationOptions(options));
  const rollBack = useMutation(trpc.deployments.rollBack.mutationOptions(options));
  const request = useMutation(
    trpc.reviews.request.mutationOptions({
      onSuccess: async () => {
        toast.success("The review is asked for. You can promote once somebody has approved.");
        close();
        await Promise.all([trpc.reviews.pathKey(), trpc.deployments.pathKey()].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      },
    }),
  );
  const saving = from === null ? rollBack : promote;
  const errors = checks.filter(({ severity }) => severity === "error");
  const warnings = checks.filter(({ severity }) => severity === "warning");
  const needsReview = review.isNeeded && !review.isReviewed;
  const needsApproval = approval.isNeeded && !approval.isGiven;
  const mayBypass = (!needsReview || review.mayBypass) && (!needsApproval || approval.mayBypass);
  const isRefused = errors.length > 0 || isLocked || !mayPromote || ((needsReview || needsApproval) && !(mayBypass && bypassReview));
  // A review that is not needed by whoever may publish without does not keep them from asking for the other one.
  const asks = needsApproval && !bypassReview && (!needsReview || review.mayBypass) && approval.request?.status !== "open";
  const decision = { workflowId, environment: environment.slug, versionId: version.id, expectedVersionId: current?.id ?? null, note, ...(bypassReview ? { bypassReview } : {}) };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        description={current === null ? `${environment.name} has no version yet.` : `${environment.name} has version ${current.number} now.`}
        className="max-h-[92dvh] max-w-6xl"
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            {asks ? <Button variant="primary" disabled={request.isPending || isLocked} onClick={() => request.mutate({ workflowId, environment: environment.slug, ...(from === null ? {} : { from: from.slug }), versionId: version.id, note })}>Request review</Button> : null}
            <Button variant={asks ? undefined : "primary"} disabled={isRefused || saving.isPending} onClick={() => (from === null ? rollBack.mutate(decision) : promote.mutate({ ...decision, from: from.slug }))}>
              {from === null ? "Roll back" : "Promote"}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {request.isError ? <Alert tone="danger" title={readRefusal(request.error).message} /> : null}
          {saving.isError ? <Alert tone="danger" title={readRefusal(saving.error).message}><Button size="sm" onClick={again}>Look again</Button></Alert> : null}
          {isLocked ? <Alert tone="danger" title="The folder is locked: only those whom its rule names may change what is in it." /> : null}
          {mayPromote ? null : <Alert tone="danger" title={`You may not bring versions to ${environment.name}.`} />}
          {errors.length === 0 ? null : <Alert tone="danger" title={`Not ready for ${environment.name}`}><Messages of={errors} /></Alert>}
          {warnings.length === 0 ? null : <Alert tone="warning" title="Worth knowing"><Messages of={warnings} /></Alert>}
          {needsReview ? (
            <Alert tone="warning" title="This version was published without a review.">
              {review.mayBypass ? null : "Ask for a review of the draft, publish it and promote that."}
            </Alert>
          ) : null}
          {needsApproval ? (
            <Alert tone="warning" title={`What comes to ${environment.name} needs the review of another person.`}>
              {approval.request === null ? null : <Link className="text-primary underline-offset-4 hover:underline" href={href(`/reviews?review=${approval.request.id}`)}>{approval.request.status === "open" ? "It waits for a review" : "Changes are asked for"}</Link>}
            </Alert>
          ) : null}
          {(needsReview || needsApproval) && mayBypass ? (
            <div className="flex items-center gap-2">
              <Checkbox id="bypass" checked={bypassReview} onCheckedChange={(on) => setBypass(on === true)} />
              <label htmlFor="bypass" className="text-sm">Go on without a review. The audit log will say so.</label>
            </div>
          ) : null}
          <ComparedValues values={values} from={from?.name ?? null} to={environment.name} />
          <div className="flex h-[26rem] flex-col">
            <Comparison before={current?.definition ?? NOTHING} after={version.definition} selected={selected} onSelect={setSelected} />
          </div>
          <Field label="Note" hint={asks ? "What is different and why, for whoever reviews it." : undefined}>
            {(control) => <Input {...control} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />}
          </Field>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Messages({ of: checks }: { of: PromotionPlan["checks"] }) {
  return (
    <ul className="list-disc pl-4 text-sm">
      {checks.map(({ code, message }) => <li key={`${code} ${message}`}>{message}</li>)}
    </ul>
  );
}
