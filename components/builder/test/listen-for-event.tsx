"use client";

import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Radio } from "lucide-react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useMayIn } from "@/components/shell/rights";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { TriggerAddress } from "@/components/triggers/trigger-address";
import { TriggerHealth } from "@/components/triggers/trigger-health";
import { Skeleton } from "@/components/ui/skeleton";
import { ValuePanel } from "@/components/values/value-panel";
import type { TriggerDetail } from "@/server/triggers/contract";
import { useTestBench } from "./test-context";

interface Step {
  nodeId: string;
  /** Of the trigger, without `trigger.` before it. */
  kind: string;
}

/** Of a start step: the next event is kept for the tests of the draft and starts no run. */
export function ListenForEvent({ nodeId, kind }: Step) {
  const trpc = useTRPC();
  const { workflowId } = useTestBench();
  const source = useQuery(trpc.triggers.stepSource.queryOptions(workflowId === "" ? skipToken : { workflowId, nodeId }));
  if (workflowId === "") return null;
  if (source.isError) return <ErrorState error={source.error} retry={() => void source.refetch()} what="the trigger" />;
  if (!source.isSuccess) return <Skeleton className="h-16 w-full" />;
  return <Listening nodeId={nodeId} kind={kind} {...source.data} />;
}

function Listening({ nodeId, kind, triggerId, isDraft }: Step & { triggerId: string | null; isDraft: boolean }) {
  const { workflowId, save } = useTestBench();
  const [mayOperate, mayWrite] = [useMayIn(workflowId, "trigger:operate"), useMayIn(workflowId, "trigger:write")];
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const trigger = useQuery(trpc.triggers.get.queryOptions(triggerId === null ? skipToken : { triggerId }));
  const events = useQuery(trpc.triggers.events.queryOptions(triggerId === null ? skipToken : { triggerId, limit: 20 }));
  useLiveRefresh(triggerId === null ? null : `trigger:${triggerId}`, trpc.triggers.pathKey());
  const done = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() }),
    onError: (error: unknown) => void toast.error(readRefusal(error).message),
  };
  const listen = useMutation(trpc.triggers.listenToStep.mutationOptions(done));
  const capture = useMutation(trpc.triggers.capture.mutationOptions(done));
  if (triggerId !== null && trigger.isError) return <ErrorState error={trigger.error} retry={() => void trigger.refetch()} what="the trigger" />;
  if (triggerId !== null && !trigger.isSuccess) return <Skeleton className="h-16 w-full" />;
  if (isDraft && kind === "poll") return <p className="text-sm text-muted-foreground">A poller looks once it is published. Until then test the workflow that looks.</p>;
  const isListening = trigger.data !== undefined && trigger.data.captureUntil !== null;
  const caught = isListening ? undefined : events.data?.items.find(({ status }) => status === "captured");
  const begin = async () => {
    if (await save()) listen.mutate({ workflowId, nodeId });
    else toast.error("The draft could not be saved, so nobody listens.");
  };
  return (
    <section className="flex flex-col gap-3" aria-label="Test events">
      {mayOperate && (mayWrite || !isDraft) ? (
        <Button size="sm" className="self-start" aria-pressed={isListening} disabled={capture.isPending || listen.isPending} onClick={() => (isListening && triggerId !== null ? capture.mutate({ triggerId, listen: false }) : void begin())}>
          <Radio aria-hidden />
          {isListening ? "Listening … stop" : kind === "schedule" && isDraft ? "Make a test event" : "Listen for a test event"}
        </Button>
      ) : null}
      {isListening && trigger.data !== undefined ? <Open trigger={trigger.data} isDraft={isDraft} /> : null}
      {caught === undefined ? null : <Caught eventId={caught.id} nodeId={nodeId} receivedAt={caught.receivedAt} />}
    </section>
  );
}

function Open({ trigger, isDraft }: { trigger: TriggerDetail; isDraft: boolean }) {
  return (
    <>
      <p className="text-sm text-muted-foreground" role="status">The next event is kept for you and starts no run.</p>
      {isDraft ? <p className="text-sm text-muted-foreground">This listens as the draft says, while you wait, and for tests alone{trigger.url === null ? "" : ": publishing gives the step another address"}.</p> : null}
      <TriggerHealth health={trigger.health} />
      <TriggerAddress trigger={trigger} onReplace={null} />
    </>
  );
}

function Caught({ eventId, nodeId, receivedAt }: { eventId: string; nodeId: string; receivedAt: string }) {
  const trpc = useTRPC();
  const bench = useTestBench();
  const event = useQuery(trpc.triggers.event.queryOptions({ eventId }));
  if (event.isError) return <ErrorState error={event.error} retry={() => void event.refetch()} what="the event" />;
  if (!event.isSuccess) return <Skeleton className="h-24 w-full" />;
  const { value, input } = event.data;
  const testInput = input ?? (value as { body?: unknown }).body ?? {};
  const isUsed = JSON.stringify(bench.input?.event) === JSON.stringify({ nodeId, value }) && bench.startAt === nodeId;
  const use = () => {
    bench.setInput({ name: null, value: testInput, event: { nodeId, value } });
    bench.setStartAt(nodeId);
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">Caught <Moment at={receivedAt} />.</p>
      <Button size="sm" className="self-start" disabled={isUsed} onClick={use}>
        <Check aria-hidden />
        {isUsed ? "Tests begin with it" : "Use as test input"}
      </Button>
      <ValuePanel value={testInput} label="Input of the event" rootText="input" />
    </div>
  );
}
