"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ApprovalAnswer } from "@/components/waits/approval-answer";
import type { ApprovalView } from "@/components/waits/approval-view";
import { ANSWER_FORM_ID } from "./use-list-keys";

export interface ApprovalDetailProps {
  waitId: string;
  /** To the list, where there is no room for both. */
  back?: () => void;
  onAnswered: () => void;
}

const ENDS: Readonly<Record<ApprovalView["status"], string>> = { open: "Open", answered: "Decided", expired: "Expired", cancelled: "Cancelled" };

/** One approval in full. */
export function ApprovalDetail({ waitId, back, onAnswered }: ApprovalDetailProps) {
  const trpc = useTRPC();
  const wait = useQuery(trpc.waits.get.queryOptions({ waitId }));
  useLiveRefresh("runs", trpc.waits.get.queryKey({ waitId }));
  return (
    <div className="flex w-full max-w-3xl flex-col gap-4 px-4 py-4 sm:px-6">
      {back === undefined ? null : (
        <Button variant="ghost" className="-ml-2 self-start" onClick={back}>
          <ArrowLeft aria-hidden />
          All approvals
        </Button>
      )}
      {wait.isPending ? (
        <div role="status" aria-label="Loading the approval" className="flex flex-col gap-3">
          <Skeleton className="h-7 w-72" />
          <Skeleton className="h-4 w-96 max-w-full" />
          <Skeleton className="h-40" />
        </div>
      ) : wait.isError ? (
        <ErrorState error={wait.error} retry={() => void wait.refetch()} what="the approval" />
      ) : (
        <Loaded wait={wait.data} onAnswered={onAnswered} />
      )}
    </div>
  );
}

function Loaded({ wait, onAnswered }: { wait: ApprovalView; onAnswered: () => void }) {
  const href = useHref();
  const title = wait.title || "Approval";
  const run = `/runs/${wait.runId}`;
  return (
    <section aria-label={title} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 text-lg font-semibold break-words">{title}</h2>
          {wait.isTest ? <Badge tone="accent">Test</Badge> : null}
          {wait.status === "open" ? null : <Badge>{ENDS[wait.status]}</Badge>}
        </div>
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          <DetailLink href={href(run)}>{wait.workflow?.name ?? "Run of a file"}</DetailLink>
          <DetailLink href={href(`${run}?step=${encodeURIComponent(wait.path)}`)}>{`Step ${wait.path}`}</DetailLink>
        </p>
      </div>
      {wait.message ? <p className="text-sm break-words whitespace-pre-wrap">{wait.message}</p> : null}
      <div id={ANSWER_FORM_ID}>
        <ApprovalAnswer wait={wait} onAnswered={onAnswered} withKeys />
      </div>
    </section>
  );
}

function DetailLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="break-all text-primary underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}
