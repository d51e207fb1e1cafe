"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { SigningKeyDialog } from "@/components/settings/signing-key-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { StreamView } from "@/server/audit-streams/contract";

interface Draft {
  kind: "webhook" | "syslog";
  url: string;
  header: string;
  headerValue: string;
  signingSecret: string;
  host: string;
  port: string;
  tls: boolean;
  certificate: string;
  from: "beginning" | "now" | "here";
}

const EMPTY: Draft = { kind: "webhook", url: "", header: "", headerValue: "", signingSecret: "", host: "", port: "6514", tls: true, certificate: "", from: "beginning" };

function draftOf(stream: StreamView | null): Draft {
  if (stream === null) return EMPTY;
  const { config } = stream;
  if (config.kind === "webhook") return { ...EMPTY, from: "here", url: config.url, header: config.header ?? "" };
  return { ...EMPTY, from: "here", kind: "syslog", host: config.host, port: String(config.port), tls: config.tls, certificate: config.certificate ?? "" };
}

const given = (text: string) => (text.trim() === "" ? undefined : text.trim());

function inputOf(draft: Draft): RouterInputs["auditStreams"]["save"] {
  const from = draft.from === "here" ? undefined : draft.from;
  if (draft.kind === "syslog") return { from, config: { kind: "syslog", host: draft.host.trim(), port: Number(draft.port), tls: draft.tls, certificate: given(draft.certificate) ?? null } };
  return { from, config: { kind: "webhook", url: draft.url.trim(), header: given(draft.header) ?? null }, signingSecret: given(draft.signingSecret), headerValue: given(draft.headerValue) };
}

export function StreamDialog({ of, stream, close }: { of: "organization" | "installation"; stream: StreamView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const api = of === "organization" ? trpc.auditStreams : trpc.platformAudit;
  const formId = useId();
  const [draft, setDraft] = useState(() => draftOf(stream));
  const [key, setKey] = useState<string | null>(null);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const save = useMutation(api.save.mutationOptions({
    onSuccess: async ({ signingSecret }) => {
      await queryClient.invalidateQueries({ queryKey: api.pathKey() });
      if (signingSecret === null) close();
      else setKey(signingSecret);
    },
  }));
  const isComplete = draft.kind === "webhook" ? URL.canParse(draft.url.trim()) : draft.host.trim() !== "" && /^\d{1,5}$/.test(draft.port.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) save.mutate(inputOf(draft));
  };
  if (key !== null) return <SigningKeyDialog of="stream" checks="The other side checks entries" signingSecret={key} close={close} />;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={stream === null ? "Stream the audit log" : "Change the stream"}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={!isComplete || save.isPending}>Save</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate autoComplete="off" className="flex flex-col gap-4">
          {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
          <Field label="To">
            {(control) => <Select {...control} value={draft.kind} onValueChange={(kind) => change({ kind: kind as Draft["kind"] })} options={[{ value: "webhook", label: "A webhook" }, { value: "syslog", label: "A syslog server (RFC 5424)" }]} />}
          </Field>
          {draft.kind === "webhook" ? <WebhookFields draft={draft} isNew={stream === null} hasValue={stream?.hasHeaderValue ?? false} change={change} /> : <SyslogFields draft={draft} change={change} />}
          <Field label="Begin" hint="Entries are sent once more where a stream begins anew.">
            {(control) => (
              <Select
                {...control}
                value={draft.from}
                onValueChange={(from) => change({ from: from as Draft["from"] })}
                options={[...(stream === null ? [] : [{ value: "here", label: "Go on where it is" }]), { value: "beginning", label: "With the oldest entry there is" }, { value: "now", label: "With what happens from now on" }]}
              />
            )}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  );
}

interface FieldsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function WebhookFields({ draft, isNew, hasValue, change }: FieldsProps & { isNew: boolean; hasValue: boolean }) {
  const secretHint = hasValue ? "Left empty: it stays as it is." : "It is stored sealed and not shown again.";
  return (
    <>
      <Field label="Address" required>{(control) => <Input {...control} className="font-mono" value={draft.url} placeholder="https://siem.example.com/audit" onChange={(event) => change({ url: event.target.value })} />}</Field>
      <Field label="Key that signs" hint={isNew ? "Left empty: one is made and shown once." : "Left empty: it stays as it is."}>{(control) => <Input {...control} className="font-mono" value={draft.signingSecret} placeholder="whsec_…" onChange={(event) => change({ signingSecret: event.target.value })} />}</Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="One more header" hint="Such as Authorization; may be left out.">{(control) => <Input {...control} className="font-mono" value={draft.header} placeholder="Authorization" onChange={(event) => change({ header: event.target.value })} />}</Field>
        <Field label="Its value" hint={secretHint}>{(control) => <Input {...control} type="password" autoComplete="new-password" className="font-mono" disabled={draft.header.trim() === ""} value={draft.headerValue} onChange={(event) => change({ headerValue: event.target.value })} />}</Field>
      </div>
    </>
  );
}

function SyslogFields({ draft, change }: FieldsProps) {
  const id = useId();
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
        <Field label="Host" required>{(control) => <Input {...control} className="font-mono" value={draft.host} placeholder="logs.example.com" onChange={(event) => change({ host: event.target.value })} />}</Field>
        <Field label="Port" required>{(control) => <Input {...control} inputMode="numeric" value={draft.port} onChange={(event) => change({ port: event.target.value })} />}</Field>
      </div>
      <div className="flex items-center gap-2 text-sm">
        <Switch id={id} checked={draft.tls} onCheckedChange={(tls) => change({ tls, port: tls && draft.port === "514" ? "6514" : !tls && draft.port === "6514" ? "514" : draft.port })} />
        <label htmlFor={id}>Encrypted with TLS</label>
      </div>
      {draft.tls ? (
        <Field label="Certificate of its authority" hint="PEM; only for an authority of your own.">{(control) => <Textarea {...control} rows={4} className="font-mono text-xs" value={draft.certificate} placeholder="-----BEGIN CERTIFICATE-----" onChange={(event) => change({ certificate: event.target.value })} />}</Field>
      ) : null}
    </>
  );
}
