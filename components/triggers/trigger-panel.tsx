"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pause, Pencil, Radio, Trash2 } from "lucide-react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { RightsProvider, useMayIn } from "@/components/shell/rights";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { TriggerDetail } from "@/server/triggers/contract";
import { LeftBehind } from "./left-behind";
import { MODE_OPTIONS } from "./kind-choices";
import { NextSlots } from "./next-slots";
import { PauseNotice } from "./pause-notice";
import { PollTools } from "./poll-tools";
import { RefusalList } from "./refusal-list";
import { TriggerAddress } from "./trigger-address";
import type { TriggerAct } from "./trigger-acts";
import { TriggerEvents } from "./trigger-events";
import { TriggerHealth, tellsWhatIsKept } from "./trigger-health";

/** One trigger: how it is reached, what it does with events, and its last ones. `onAct`: a dialog is to open. */
export function TriggerPanel({ triggerId, onAct }: { triggerId: string; onAct: (act: TriggerAct) => void }) {
  const trpc = useTRPC();
  const trigger = useQuery(trpc.triggers.get.queryOptions({ triggerId }));
  useLiveRefresh(`trigger:${triggerId}`, trpc.triggers.pathKey());
  if (trigger.isPending) return <SkeletonRows count={4} />;
  if (trigger.isError) return <ErrorState error={trigger.error} retry={() => void trigger.refetch()} what="the trigger" />;
  const workflowId = trigger.data.workflow.id;
  return (
    <RightsProvider workflowIds={[workflowId]}>
      <div className="flex flex-col">
        <Settings trigger={trigger.data} onAct={onAct} />
        <h3 className="border-y bg-muted/40 px-4 py-2 text-sm font-medium">Last events</h3>
        <TriggerEvents triggerId={triggerId} workflowId={workflowId} nodeId={trigger.data.nodeId} />
      </div>
    </RightsProvider>
  );
}

function Settings({ trigger, onAct }: { trigger: TriggerDetail; onAct: (act: TriggerAct) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayOperate = useMayIn(trigger.workflow.id, "trigger:operate");
  const mayWrite = useMayIn(trigger.workflow.id, "trigger:write");
  const triggerId = trigger.id;
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const done = { onSuccess: refresh, onError: failed };
  const setMode = useMutation(trpc.triggers.setMode.mutationOptions(done));
  const capture = useMutation(trpc.triggers.capture.mutationOptions(done));
  const release = useMutation(trpc.triggers.release.mutationOptions(done));
  const discard = useMutation(trpc.triggers.discard.mutationOptions(done));
  const { held } = trigger.counts;
  return (
    <div className="flex flex-col gap-4 p-4">
      {trigger.error === null || (trigger.error.code === "clean_up_failed" && trigger.leftovers.length > 0) ? null : <Alert tone="danger" title={trigger.error.message} />}
      <LeftBehind leftovers={trigger.leftovers} mayOperate={mayOperate} />
      {trigger.retiredAt === null ? null : <Alert tone="warning" title="Its start step is not in the published version any more. Publish the step again to bring it back." />}
      <PauseNotice trigger={trigger} mayOperate={mayOperate} onChange={() => onAct("pause")} />
      <TriggerAddress trigger={trigger} onReplace={mayWrite ? () => onAct("rotate") : null} />
      {(trigger.mode === "disabled" || trigger.pause?.policy === "refuse") && !tellsWhatIsKept(trigger.health) ? null : <TriggerHealth health={trigger.health} />}
      <RefusalList refusals={trigger.refusals} />
      {mayOperate ? (
        <Field label="Mode">
          {(control) => <Select {...control} value={trigger.mode} onValueChange={(mode) => setMode.mutate({ triggerId, mode: mode as TriggerDetail["mode"] })} options={MODE_OPTIONS} />}
        </Field>
      ) : null}
      {trigger.kind === "schedule" && trigger.mode !== "disabled" ? <NextSlots config={trigger.config} pausedUntil={trigger.pause?.policy === "refuse" ? trigger.pause.until : null} /> : null}
      {held > 0 && mayOperate ? (
        <Alert
          tone="warning"
          title={`${held} ${held === 1 ? "event is" : "events are"} held.`}
          actions={
            <>
              <Button size="sm" disabled={release.isPending} onClick={() => release.mutate({ triggerId })}>Release</Button>
              <Button size="sm" disabled={discard.isPending} onClick={() => discard.mutate({ triggerId })}>Discard</Button>
            </>
          }
        />
      ) : null}
      <div className="flex flex-wrap gap-2">
        {mayOperate ? (
          <Button size="sm" aria-pressed={trigger.captureUntil !== null} disabled={capture.isPending} onClick={() => capture.mutate({ triggerId, listen: trigger.captureUntil === null })}>
            <Radio aria-hidden />
            {trigger.captureUntil === null ? "Listen for a test event" : "Listening … stop"}
          </Button>
        ) : null}
        {trigger.kind === "poll" && mayOperate && trigger.mode !== "disabled" && trigger.retiredAt === null ? <PollTools triggerId={triggerId} /> : null}
        {mayOperate && trigger.mode !== "disabled" && trigger.retiredAt === null && trigger.pause === null ? (
          <Button size="sm" onClick={() => onAct("pause")}>
            <Pause aria-hidden />
            Pause until …
          </Button>
        ) : null}
        {mayWrite && !trigger.declared ? (
          <Button size="sm" onClick={() => onAct("edit")}>
            <Pencil aria-hidden />
            Change
          </Button>
        ) : null}
        {mayWrite && (!trigger.declared || trigger.retiredAt !== null) ? (
          <Button size="sm" onClick={() => onAct("delete")}>
            <Trash2 aria-hidden />
            Delete
          </Button>
        ) : null}
      </div>
      {trigger.captureUntil === null ? null : <p className="text-sm text-muted-foreground" role="status">The next event is kept for you and starts no run.</p>}
      {trigger.declared && trigger.retiredAt === null ? <p className="text-sm text-muted-foreground">Declared by the step {trigger.nodeId}: change it in the builder and publish.</p> : null}
    </div>
  );
}
