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
import { Skeleton } from "@/components/ui/skeleton";
import { ValuePanel } from "@/components/values/value-panel";
import { useTestBench } from "./test-context";

/** Of a start step: the next event is kept for the tests of the draft and starts no run. */
export function ListenForEvent({ nodeId }: { nodeId: string }) {
  const trpc = useTRPC();
  const { workflowId } = useTestBench();
  const triggers = useQuery(trpc.triggers.list.queryOptions(workflowId === "" ? skipToken : { workflowId, limit: 200 }));
  const trigger = triggers.data?.items.find((one) => one.declared && one.nodeId === nodeId && one.retiredAt === null);
  if (workflowId === "") return null;
  if (triggers.isPending) return <Skeleton className="h-16 w-full" />;
  if (trigger === undefined) return <p className="text-sm text-muted-foreground">Publish the workflow once: from then on this step receives events, and the next one can be caught here for tests.</p>;
  return <Listening triggerId={trigger.id} nodeId={nodeId} />;
}

function Listening({ triggerId, nodeId }: { triggerId: string; nodeId: string }) {
  const mayOperate = useMayIn(useTestBench().workflowId, "trigger:operate");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const trigger = useQuery(trpc.triggers.get.queryOptions({ triggerId }));
  const events = useQuery(trpc.triggers.events.queryOptions({ triggerId, limit: 20 }));
  useLiveRefresh(`trigger:${triggerId}`, trpc.triggers.pathKey());
  const capture = useMutation(
    trpc.triggers.capture.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() }),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  if (trigger.isError) return <ErrorState error={trigger.error} retry={() => void trigger.refetch()} what="the trigger" />;
  if (!trigger.isSuccess) return <Skeleton className="h-16 w-full" />;
  const isListening = trigger.data.captureUntil !== null;
  const caught = isListening ? undefined : events.data?.items.find(({ status }) => status === "captured");
  return (
    <section className="flex flex-col gap-3" aria-label="Test events">
      {mayOperate ? (
        <Button size="sm" className="self-start" aria-pressed={isListening} disabled={capture.isPending} onClick={() => capture.mutate({ triggerId, listen: !isListening })}>
          <Radio aria-hidden />
          {isListening ? "Listening … stop" : "Listen for a test event"}
        </Button>
      ) : null}
      {isListening ? (
        <>
          <p className="text-sm text-muted-foreground" role="status">The next event is kept for you and starts no run.</p>
          <TriggerAddress trigger={trigger.data} onReplace={null} />
        </>
      ) : null}
      {caught === undefined ? null : <Caught eventId={caught.id} nodeId={nodeId} receivedAt={caught.receivedAt} />}
    </section>
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
