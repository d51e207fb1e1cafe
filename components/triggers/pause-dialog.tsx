"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { TriggerDetail } from "@/server/triggers/contract";
import { pauseOptions } from "./kind-choices";
import { momentIn, shownIn } from "./zoned-moment";

const HOUR_MS = 3_600_000;
const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = () => [...new Set([ownZone(), "UTC", ...Intl.supportedValuesOf("timeZone")])];

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** Until when a trigger is paused, and what becomes of what comes meanwhile. */
export function PauseDialog({ trigger, close }: { trigger: TriggerDetail; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [formId, zonesId] = [useId(), useId()];
  const configured = trigger.config.timeZone;
  const [zone, setZone] = useState(typeof configured === "string" && isZone(configured) ? configured : ownZone());
  const [text, setText] = useState(() => shownIn(zone, trigger.pause === null ? new Date(Date.now() + HOUR_MS) : new Date(trigger.pause.until)));
  const [policy, setPolicy] = useState(trigger.pause?.policy ?? (trigger.kind === "schedule" ? "refuse" : "hold"));
  const until = isZone(zone) ? momentIn(zone, text) : null;
  const pause = useMutation(trpc.triggers.pause.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.triggers.pathKey() });
      close();
    },
  }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (until !== null) pause.mutate({ triggerId: trigger.id, until: until.toISOString(), policy });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Pause ${trigger.name}`}
        description="It goes on by itself at that time."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={until === null || pause.isPending}>Pause</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
          {pause.isError ? <Alert tone="danger" title={readRefusal(pause.error).message} /> : null}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Until" required>{(control) => <Input {...control} type="datetime-local" value={text} onChange={(event) => setText(event.target.value)} />}</Field>
            <Field label="Time zone" required error={isZone(zone) ? undefined : "is no IANA time zone"}>{(control) => <Input {...control} list={zonesId} value={zone} onChange={(event) => setZone(event.target.value)} />}</Field>
          </div>
          <datalist id={zonesId}>{ZONES().map((name) => <option key={name} value={name} />)}</datalist>
          {until === null ? null : <p className="text-sm text-muted-foreground">That is {until.toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" })} by your clock ({ownZone()}).</p>}
          <Field label="What comes meanwhile">{(control) => <Select {...control} value={policy} onValueChange={(value) => setPolicy(value as typeof policy)} options={pauseOptions(trigger.kind)} />}</Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}
