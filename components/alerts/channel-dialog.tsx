"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { SigningKeyDialog } from "@/components/settings/signing-key-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { channelConfigSchema, type ChannelConfig, type ChannelView } from "@/server/alerts/contract";
import { CHANNEL_KIND_OPTIONS } from "./channel-kinds";

interface Draft {
  kind: ChannelView["kind"];
  name: string;
  to: string;
  url: string;
  signingSecret: string;
}

function draftOf(channel: ChannelView | null): Draft {
  const kind = channel?.kind ?? "email";
  return { kind, name: channel?.name ?? "", to: kind === "email" ? (channel?.to.join("\n") ?? "") : "", url: kind === "webhook" ? (channel?.to[0] ?? "") : "", signingSecret: "" };
}

function configOf({ kind, to, url, signingSecret }: Draft): ChannelConfig {
  switch (kind) {
    case "email":
      return { kind, to: to.split(/[\s,;]+/).filter((entry) => entry !== "") };
    case "slack":
      return { kind, ...(url.trim() === "" ? {} : { url: url.trim() }) };
    case "webhook":
      return { kind, url: url.trim(), ...(signingSecret.trim() === "" ? {} : { signingSecret: signingSecret.trim() }) };
  }
}

export function ChannelDialog({ channel, close }: { channel: ChannelView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [draft, setDraft] = useState(() => draftOf(channel));
  const [key, setKey] = useState<string | null>(null);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.alerts.pathKey() });
  const create = useMutation(
    trpc.alerts.createChannel.mutationOptions({
      onSuccess: async ({ signingSecret }) => {
        await refresh();
        if (signingSecret === null) close();
        else setKey(signingSecret);
      },
    }),
  );
  const update = useMutation(trpc.alerts.updateChannel.mutationOptions({ onSuccess: async () => { await refresh(); close(); } }));
  const error = create.error ?? update.error;
  const config = configOf(draft);
  const checked = channelConfigSchema.safeParse(config);
  const isComplete = draft.name.trim() !== "" && checked.success && !(channel === null && config.kind === "slack" && config.url === undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    if (channel === null) create.mutate({ name: draft.name, config });
    else update.mutate({ channelId: channel.id, name: draft.name, config });
  };
  if (key !== null) return <SigningKeyDialog of="channel" checks="The other program checks events" signingSecret={key} close={close} />;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={channel === null ? "New channel" : `Change ${channel.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={!isComplete || create.isPending || update.isPending}>Save</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate autoComplete="off" className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          {channel === null ? (
            <Field label="Kind">
              {(control) => <Select {...control} value={draft.kind} onValueChange={(kind) => change({ kind: kind as Draft["kind"] })} options={CHANNEL_KIND_OPTIONS} />}
            </Field>
          ) : null}
          <Field label="Name" required>
            {(control) => <Input {...control} value={draft.name} maxLength={200} onChange={(event) => change({ name: event.target.value })} />}
          </Field>
          <KindFields draft={draft} isNew={channel === null} change={change} problem={checked.success ? null : (checked.error.issues[0]?.message ?? null)} />
        </form>
      </DialogContent>
    </Dialog>
  );
}

function KindFields({ draft, isNew, change, problem }: { draft: Draft; isNew: boolean; change: (part: Partial<Draft>) => void; problem: string | null }) {
  const url = (event: { target: { value: string } }) => change({ url: event.target.value });
  switch (draft.kind) {
    case "email":
      return (
        <Field label="Addresses" required hint="One per line." error={draft.to.trim() === "" ? null : problem}>
          {(control) => <Textarea {...control} value={draft.to} placeholder="ops@example.com" onChange={(event) => change({ to: event.target.value })} />}
        </Field>
      );
    case "slack":
      return (
        <Field label="Address of the webhook" required={isNew} hint={isNew ? "It is stored sealed and not shown again." : "Left empty: it stays as it is."} error={draft.url.trim() === "" ? null : problem}>
          {(control) => <Input {...control} value={draft.url} className="font-mono" placeholder="https://hooks.slack.com/services/…" onChange={url} />}
        </Field>
      );
    case "webhook":
      return (
        <>
          <Field label="Address" required error={draft.url.trim() === "" ? null : problem}>
            {(control) => <Input {...control} value={draft.url} className="font-mono" placeholder="https://example.com/events" onChange={url} />}
          </Field>
          <Field label="Key that signs" hint={isNew ? "Left empty: one is made and shown once." : "Left empty: it stays as it is."}>
            {(control) => <Input {...control} value={draft.signingSecret} className="font-mono" placeholder="whsec_…" onChange={(event) => change({ signingSecret: event.target.value })} />}
          </Field>
        </>
      );
  }
}
