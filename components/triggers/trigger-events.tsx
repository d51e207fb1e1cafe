"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, Inbox, Play, Repeat } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Gone, RestingList } from "@/components/live/resting-list";
import { useRestOfPages } from "@/components/live/use-rest";
import { LoadMore } from "@/components/shell/load-more";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { formatExact } from "@/components/time/format";
import { Moment } from "@/components/time/moment";
import { TextWithTimes } from "@/components/time/text-with-times";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { ValuePanel } from "@/components/values/value-panel";
import type { TriggerEventView } from "@/server/triggers/contract";
import { EventWaitText } from "./event-wait-text";

const LOOK = {
  received: ["Received", "neutral"],
  held: ["Held", "warning"],
  captured: ["Captured", "accent"],
  started: ["Started", "success"],
  failed: ["Failed", "danger"],
  missed: ["Missed", "warning"],
  filtered: ["Filtered", "neutral"],
  discarded: ["Discarded", "neutral"],
} as const satisfies Record<TriggerEventView["status"], readonly [string, string]>;

/** The last events of a trigger: what came, what became of it, and the means to do it again. */
export function TriggerEvents({ triggerId, workflowId, nodeId }: { triggerId: string; workflowId: string; nodeId: string | null }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(trpc.triggers.events.infiniteQueryOptions({ triggerId, limit: 20 }, { getNextPageParam: (page) => page.nextCursor }));
  const { rows: events, gone, resting } = useRestOfPages(query, triggerId);
  if (query.isPending) return <SkeletonRows count={3} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what="the events" />;
  if (events.length === 0) {
    return (
      <EmptyState icon={Inbox} title="No events yet">
        What comes in is listed here, with its content and the run it became.
      </EmptyState>
    );
  }
  return (
    <>
      <RestingList {...resting}>
        <ul className="divide-y" aria-label="Events">
          {events.map((event) => (
            <EventRow key={event.id} isGone={gone.has(event.id)} event={event} workflowId={workflowId} nodeId={nodeId} onSent={resting.showNew} />
          ))}
        </ul>
      </RestingList>
      <LoadMore {...query} />
    </>
  );
}

interface EventProps {
  event: TriggerEventView;
  workflowId: string;
  /** Trigger step that its runs begin at. */
  nodeId: string | null;
  /** The list holds what the person sent again. */
  onSent: () => void;
}

function EventRow({ isGone, event, workflowId, nodeId, onSent }: EventProps & { isGone: boolean }) {
  const href = useHref();
  const [isOpen, setOpen] = useState(false);
  const [label, tone] = LOOK[event.status];
  const slot = typeof event.meta.slot === "string" ? event.meta.slot : null;
  return (
    <li data-gone={isGone || undefined} className="flex flex-col gap-2 px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Button variant="ghost" size="icon-sm" aria-expanded={isOpen} aria-label={isOpen ? "Hide the event" : "Show the event"} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
        </Button>
        {isGone ? <Gone /> : <Badge tone={tone}>{label}</Badge>}
        {event.origin === "resent" ? <Badge>Sent again</Badge> : null}
        <span className="text-muted-foreground">
          <Moment at={event.receivedAt} />
          {slot === null ? null : <> for <time dateTime={slot} suppressHydrationWarning>{formatExact(new Date(slot))}</time></>}
        </span>
        {event.run === null ? null : (
          <Link href={href(`/runs/${event.run.id}`)} className="ml-auto rounded-sm hover:underline">
            <StatusBadge status={event.run.status} />
          </Link>
        )}
      </div>
      {event.waits === null ? null : <p className="pl-10 text-sm text-muted-foreground"><EventWaitText waits={event.waits} /></p>}
      {event.error === null ? null : <p className="pl-10 text-sm break-words text-destructive"><TextWithTimes text={event.error.message} /></p>}
      {isOpen ? <EventDetail event={event} workflowId={workflowId} nodeId={nodeId} onSent={onSent} /> : null}
    </li>
  );
}

function EventDetail({ event, workflowId, nodeId, onSent }: EventProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  const mayOperate = useMayIn(workflowId, "trigger:operate");
  const mayTest = useMayIn(workflowId, "run:start");
  const detail = useQuery(trpc.triggers.event.queryOptions({ eventId: event.id }));
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const resend = useMutation(trpc.triggers.resend.mutationOptions({ onSuccess: () => refresh().then(onSent), onError: failed }));
  const test = useMutation(trpc.runs.start.mutationOptions({ onSuccess: ({ runId }) => void toast.success("The draft runs with this event.", { action: { label: "Open the run", onClick: () => router.push(href(`/runs/${runId}`)) } }), onError: failed }));
  if (detail.isPending) return <Skeleton className="h-24" />;
  if (detail.isError) return <ErrorState error={detail.error} retry={() => void detail.refetch()} what="the event" />;
  const { value, input } = detail.data;
  const testInput = input ?? (value as { body?: unknown }).body ?? {};
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {mayOperate ? (
          <Button size="sm" disabled={resend.isPending} onClick={() => resend.mutate({ eventId: event.id })}>
            <Repeat aria-hidden />
            Send again
          </Button>
        ) : null}
        {mayTest ? (
          <Button size="sm" disabled={test.isPending} onClick={() => test.mutate({ workflowId, mode: "test", input: testInput, trigger: value, ...(nodeId === null ? {} : { startNode: nodeId }) })}>
            <Play aria-hidden />
            Test the draft with it
          </Button>
        ) : null}
      </div>
      <ValuePanel value={value} label="Event" rootText="trigger" size={event.bodySize} />
      {input === null || input === undefined ? null : <ValuePanel value={input} label="Input" rootText="input" />}
    </div>
  );
}
