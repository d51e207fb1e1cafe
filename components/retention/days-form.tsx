"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { overridesSchema, RETENTION_KINDS, type Overrides, type Policy, type RetentionKind } from "@/server/retention/contract";

const LABELS: Readonly<Record<RetentionKind, { label: string; hint: string }>> = {
  runDays: { label: "Runs", hint: "With their steps, values and files." },
  logDays: { label: "Logs", hint: "Log lines; the run stays." },
  eventDays: { label: "Events", hint: "What triggers received." },
  blobDays: { label: "Large values and files", hint: "The run stays without them." },
};
const NEVER = "never";

export interface DaysFormProps {
  workflowId?: string;
  days: Overrides;
  inherited: Policy;
  onSaved?: () => void;
}

/** A number of days, `never`, or nothing for what the level above says. */
export function DaysForm({ workflowId, days, inherited, onSaved }: DaysFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const [texts, setTexts] = useState(() => ({ runDays: textOf(days.runDays), logDays: textOf(days.logDays), eventDays: textOf(days.eventDays), blobDays: textOf(days.blobDays) }));
  const save = useMutation(
    trpc.retention.set.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.retention.get.queryKey() });
        toast("Saved. The next round keeps to it.", { action: { label: "Undo", onClick: () => save.mutate({ workflowId, days }) } });
        onSaved?.();
      },
    }),
  );
  const given = Object.fromEntries(RETENTION_KINDS.flatMap((kind) => (texts[kind].trim() === "" ? [] : [[kind, valueOf(texts[kind])]])));
  const parsed = overridesSchema.safeParse(given);
  const objectionTo = (kind: RetentionKind) => (parsed.error?.issues.some(({ path }) => path[0] === kind) ? "A whole number of days, at most 3650, or never." : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed.success) save.mutate({ workflowId, days: parsed.data });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
      {RETENTION_KINDS.map((kind) => (
        <Field key={kind} label={LABELS[kind].label} hint={`${LABELS[kind].hint} Empty: ${inherited[kind] === null ? NEVER : `${inherited[kind]} days`}.`} error={objectionTo(kind)}>
          {(control) => <Input {...control} className="w-40" placeholder={textOf(inherited[kind])} disabled={!mayWrite} value={texts[kind]} onChange={(event) => setTexts({ ...texts, [kind]: event.target.value })} />}
        </Field>
      ))}
      {mayWrite ? (
        <Button type="submit" variant="primary" className="self-start" disabled={save.isPending || !parsed.success || JSON.stringify(parsed.data) === JSON.stringify(days)}>
          Save
        </Button>
      ) : null}
    </form>
  );
}

function textOf(days: number | null | undefined): string {
  return days === undefined ? "" : days === null ? NEVER : String(days);
}

function valueOf(text: string): number | null {
  return text.trim().toLowerCase() === NEVER ? null : Number(text);
}
