"use client";

import { useQuery } from "@tanstack/react-query";
import { Clock, GitBranch, Hourglass, RadioTower, UserCheck } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { WaitSummary } from "@/server/runs/contract";

const ApprovalAnswer = dynamic(() => import("./approval-answer").then((module) => module.ApprovalAnswer), { loading: () => <SkeletonRows count={2} /> });
const SignalForm = dynamic(() => import("./signal-form").then((module) => module.SignalForm), { loading: () => <SkeletonRows count={2} /> });

const ICONS = { approval: UserCheck, signal: RadioTower, delay: Clock, child: GitBranch, turn: Hourglass } as const;

/** What a run waits for, and the means to end the wait where there are any. */
export function WaitCard({ wait }: { wait: WaitSummary }) {
  const href = useHref();
  const Icon = ICONS[wait.kind];
  return (
    <section aria-label={headline(wait)} className="flex flex-col gap-3 rounded-lg border border-status-waiting/40 bg-card p-4">
      <div className="flex items-start gap-3">
        <Icon className="mt-0.5 size-4 shrink-0 text-status-waiting" aria-hidden />
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h3 className="text-sm font-semibold break-words">{headline(wait)}</h3>
          {wait.kind === "approval" ? null : (
            <p className="text-xs text-muted-foreground">
              Began to wait <Moment at={wait.createdAt} />
              {wait.until === null ? null : (
                <>
                  , until <Moment at={wait.until} />
                </>
              )}
            </p>
          )}
        </div>
      </div>
      {wait.message ? <p className="text-sm break-words whitespace-pre-wrap">{wait.message}</p> : null}
      {wait.kind === "approval" ? <Approval wait={wait} /> : null}
      {wait.kind === "signal" ? <Signal wait={wait} /> : null}
      {wait.kind === "child" && wait.childRunId !== null ? (
        <Link className="text-sm text-primary underline-offset-4 hover:underline" href={href(`/runs/${wait.childRunId}`)}>
          Open the run it waits for
        </Link>
      ) : null}
    </section>
  );
}

function headline(wait: WaitSummary): string {
  if (wait.title !== "") return wait.title;
  switch (wait.kind) {
    case "approval":
      return "Approval";
    case "signal":
      return `Signal ${wait.signal ?? ""}`;
    case "delay":
      return "A pause";
    case "child":
      return "Another run";
    case "turn":
      return "Its turn";
  }
}

function Approval({ wait }: { wait: WaitSummary }) {
  const trpc = useTRPC();
  const detail = useQuery(trpc.waits.get.queryOptions({ waitId: wait.id }));
  if (detail.isPending) return <SkeletonRows count={1} />;
  if (detail.isError) return <ErrorState error={detail.error} retry={() => void detail.refetch()} what="the form" />;
  return <ApprovalAnswer wait={detail.data} />;
}

function Signal({ wait }: { wait: WaitSummary }) {
  const mayAnswer = useMayIn(wait.workflow?.id, "wait:answer");
  return mayAnswer && wait.signal !== null ? <SignalForm runId={wait.runId} name={wait.signal} /> : null;
}
