"use client";

import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { formatCount } from "./figures";

const SHOWN = 3;

/** What waits for an answer: the newest of the person's own by name. */
export function ApprovalsCard() {
  const trpc = useTRPC();
  const href = useHref();
  const mayAnswer = useMay("wait:answer");
  const counts = useQuery(trpc.waits.counts.queryOptions());
  const mine = useQuery({ ...trpc.waits.mine.queryOptions({ limit: SHOWN }), enabled: mayAnswer });
  useLiveRefresh("runs", trpc.waits.pathKey());
  return (
    <Card className="flex flex-col">
      <CardHeader title="Approvals" description={mayAnswer ? "What waits for your answer" : "What waits for an answer"} />
      {counts.isPending ? (
        <SkeletonRows count={3} />
      ) : counts.isError ? (
        <ErrorState error={counts.error} retry={() => void counts.refetch()} what="the approvals" />
      ) : (
        <>
          <ul className="flex-1 divide-y">
            {(mine.data?.items ?? []).map((wait) => (
              <li key={wait.id} className="relative px-4 py-2 text-sm hover:bg-muted/60">
                <Link href={href(`/approvals?wait=${wait.id}`)} className="block truncate font-medium after:absolute after:inset-0">
                  {wait.title || "Approval"}
                </Link>
                <span className="text-xs text-muted-foreground">
                  {wait.workflow?.name ?? "Run of a file"}, <Moment at={wait.createdAt} />
                </span>
              </li>
            ))}
            {counts.data.mine === 0 ? (
              <li className="flex items-center gap-2 px-4 py-3 text-sm text-muted-foreground">
                <Inbox className="size-4" aria-hidden />
                Nothing waits for you.
              </li>
            ) : null}
          </ul>
          <p className="flex flex-wrap gap-x-4 border-t px-4 py-2 text-xs text-muted-foreground">
            <CountLink href={href("/approvals")} text={`${formatCount(counts.data.mine, counts.data.atLeast)} for you`} />
            <CountLink href={href("/approvals?box=others")} text={`${formatCount(counts.data.others, counts.data.atLeast)} for others`} />
          </p>
        </>
      )}
    </Card>
  );
}

function CountLink({ href, text }: { href: string; text: string }) {
  return (
    <Link href={href} className="text-primary underline-offset-4 hover:underline">
      {text}
    </Link>
  );
}
