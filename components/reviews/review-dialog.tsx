"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { PromoteDialog } from "@/components/environments/promote-dialog";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { Comparison } from "@/components/versions/comparison";
import type { ReviewDetail } from "@/server/reviews/contract";
import { ReviewStatus } from "./review-status";

const NOTHING = { schema: 1, nodes: [], edges: [] };
const SAID: Readonly<Record<ReviewDetail["entries"][number]["kind"], string>> = { comment: "says", approved: "approved", changes_requested: "asks for changes", withdrawn: "withdrew it", published: "published it", deployed: "promoted it" };

const titleOf = ({ workflow, environment, version }: ReviewDetail) => (environment === null ? `Review of ${workflow.name}` : `Review of version ${version?.number ?? ""} of ${workflow.name} for ${environment.name}`);

/** One review: what would change, what was said, and the decision. */
export function ReviewDialog({ reviewId, close }: { reviewId: string; close: () => void }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.reviews.get.queryOptions({ reviewId }));
  useLiveRefresh(query.data === undefined ? null : `workflow:${query.data.workflow.id}`, trpc.reviews.get.queryKey({ reviewId }));
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={query.data === undefined ? "Review" : titleOf(query.data)} className="h-[92dvh] max-w-6xl">
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} what="the review" />
        ) : query.data === undefined ? (
          <SkeletonRows />
        ) : (
          <div className="flex min-h-full flex-col gap-4">
            <Facts review={query.data} />
            <div className="flex min-h-96 flex-1 flex-col">
              <Comparison before={query.data.base?.definition ?? NOTHING} after={query.data.definition} selected={selected} onSelect={setSelected} />
            </div>
            <Said review={query.data} />
            <Decision review={query.data} />
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}

function Facts({ review }: { review: ReviewDetail }) {
  const href = useHref();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <ReviewStatus review={review} />
      <span className="text-muted-foreground">
        {review.requestedBy.name} asked <Moment at={review.createdAt} />, {baseOf(review)}
      </span>
      <Link className="text-primary underline-offset-4 hover:underline" href={href(`/workflows/${review.workflow.id}`)}>Open the workflow</Link>
      {review.note === "" ? null : <p className="w-full whitespace-pre-wrap">{review.note}</p>}
    </div>
  );
}

function baseOf({ base, environment }: ReviewDetail): string {
  if (base !== null) return `compared with version ${base.number ?? ""}${environment === null ? "" : ` of ${environment.name}`}`;
  return environment === null ? "for the first version" : `for the first version of ${environment.name}`;
}

function Said({ review }: { review: ReviewDetail }) {
  if (review.entries.length === 0) return null;
  return (
    <ol aria-label="What was said" className="flex flex-col gap-2 border-l pl-3">
      {review.entries.map(({ id, kind, author, text, createdAt }) => (
        <li key={id} className="text-sm">
          <span className="font-medium">{author}</span> {SAID[kind]} <span className="text-xs text-muted-foreground"><Moment at={createdAt} /></span>
          {text === "" ? null : <p className="whitespace-pre-wrap">{text}</p>}
        </li>
      ))}
    </ol>
  );
}

function Decision({ review }: { review: ReviewDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const [promotes, setPromotes] = useState(false);
  const settled = {
    onSuccess: () => Promise.all([queryClient.invalidateQueries({ queryKey: trpc.reviews.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() })]),
    onError: (error: unknown) => void toast.error(readRefusal(error).message),
  };
  // What was typed while the answer was on its way stays.
  const said = (sent: string) => ({ onSuccess: () => setText((now) => (now === sent ? "" : now)) });
  const decide = useMutation(trpc.reviews.decide.mutationOptions(settled));
  const comment = useMutation(trpc.reviews.comment.mutationOptions(settled));
  const withdraw = useMutation(trpc.reviews.withdraw.mutationOptions(settled));
  const isBusy = decide.isPending || comment.isPending || withdraw.isPending;
  const reviewId = review.id;
  const mayDecide = review.refusal === null;
  const writes = review.mayComment || mayDecide;
  return (
    <div className="flex flex-col gap-2">
      {writes ? (
        <Field label="Comment">
          {(control) => <Textarea {...control} value={text} maxLength={5_000} rows={2} onChange={(event) => setText(event.target.value)} />}
        </Field>
      ) : null}
      {review.status === "open" && !mayDecide ? <p className="text-xs text-muted-foreground">{review.refusal}</p> : null}
      <div className="flex flex-wrap justify-end gap-2">
        {review.mayWithdraw ? <Button variant="ghost" disabled={isBusy} onClick={() => withdraw.mutate({ reviewId })}>Withdraw</Button> : null}
        {review.mayComment ? <Button disabled={isBusy || text.trim() === ""} onClick={() => comment.mutate({ reviewId, text }, said(text))}>Comment</Button> : null}
        {mayDecide ? (
          <>
            <Button disabled={isBusy} onClick={() => decide.mutate({ reviewId, decision: "changes_requested", text }, said(text))}>Ask for changes</Button>
            <Button variant="primary" disabled={isBusy} onClick={() => decide.mutate({ reviewId, decision: "approved", text }, said(text))}>Approve</Button>
          </>
        ) : null}
        {review.mayPromote ? <Button variant="primary" disabled={isBusy} onClick={() => setPromotes(true)}>Promote</Button> : null}
      </div>
      {promotes && review.environment !== null ? <PromoteDialog workflowId={review.workflow.id} environment={review.environment.slug} versionId={review.version?.id} close={() => setPromotes(false)} /> : null}
    </div>
  );
}
