"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import { mailSettingSchema, type MailSetting } from "@/server/alerts/contract";
import { tellOutcome } from "./tell-outcome";

const SECURITY = [
  { value: "starttls", label: "STARTTLS" },
  { value: "tls", label: "TLS from the start" },
  { value: "none", label: "Unencrypted" },
] as const;

const EMPTY: MailSetting = { host: "", port: 587, security: "starttls", user: null, passwordSecret: null, from: "" };

type Settings = RouterOutputs["alerts"]["settings"];

/** The server that mails of this workspace go out through. */
export function MailTab() {
  const trpc = useTRPC();
  const settings = useQuery(trpc.alerts.settings.queryOptions());
  return (
    <Card>
      <CardHeader title="Mail server" description="For mail channels, for people who want mails, and for approvals." />
      {settings.isPending ? (
        <SkeletonRows count={4} />
      ) : settings.isError ? (
        <ErrorState error={settings.error} retry={() => void settings.refetch()} what="the settings" />
      ) : (
        <MailForm key={JSON.stringify(settings.data.mail)} settings={settings.data} />
      )}
    </Card>
  );
}

function MailForm({ settings: { mail, installationSendsMail } }: { settings: Settings }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const [draft, setDraft] = useState(mail ?? EMPTY);
  const change = (part: Partial<MailSetting>) => setDraft((current) => ({ ...current, ...part }));
  const save = useMutation(
    trpc.alerts.setMail.mutationOptions({
      onSuccess: (next) => {
        queryClient.setQueryData(trpc.alerts.settings.queryKey(), next);
        toast(next.mail === null ? "The mail server was removed." : "The mail server was saved.");
      },
    }),
  );
  const isComplete = mailSettingSchema.safeParse(draft).success;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) save.mutate({ mail: draft });
  };
  const orNull = (text: string) => (text === "" ? null : text);
  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="flex flex-col gap-4 p-4">
      {mail !== null ? null : installationSendsMail ? <Alert title="Mails go out through the installation's server until you name one here." /> : <Alert tone="warning" title="No mail server is set up: nobody gets mails." />}
      {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
      <fieldset disabled={!mayWrite} className="grid gap-4 sm:grid-cols-2">
        <Field label="Host" required>{(control) => <Input {...control} value={draft.host} placeholder="smtp.example.com" onChange={(event) => change({ host: event.target.value })} />}</Field>
        <Field label="Port" required>{(control) => <Input {...control} type="number" min={1} max={65_535} value={Number.isNaN(draft.port) ? "" : draft.port} onChange={(event) => change({ port: event.target.valueAsNumber })} />}</Field>
        <Field label="Encryption">{(control) => <Select {...control} value={draft.security} disabled={!mayWrite} onValueChange={(security) => change({ security: security as MailSetting["security"] })} options={SECURITY} />}</Field>
        <Field label="From" required hint="An address, or a name with one: Millrace <millrace@example.com>.">{(control) => <Input {...control} value={draft.from} onChange={(event) => change({ from: event.target.value })} />}</Field>
        <Field label="User" hint="Left empty: without signing in.">{(control) => <Input {...control} value={draft.user ?? ""} onChange={(event) => change({ user: orNull(event.target.value) })} />}</Field>
        <Field label="Secret with the password" hint="Its name under Settings → Secrets.">{(control) => <Input {...control} className="font-mono" value={draft.passwordSecret ?? ""} placeholder="SMTP_PASSWORD" onChange={(event) => change({ passwordSecret: orNull(event.target.value) })} />}</Field>
      </fieldset>
      {mayWrite ? (
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={!isComplete || save.isPending}>Save</Button>
          {mail === null ? null : <Button disabled={save.isPending} onClick={() => save.mutate({ mail: null })}>Remove</Button>}
        </div>
      ) : null}
      {mayWrite && (mail !== null || installationSendsMail) ? <TestMail /> : null}
    </form>
  );
}

function TestMail() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { user } = useWorkspace();
  const [to, setTo] = useState(user.email);
  const test = useMutation(trpc.alerts.testMail.mutationOptions({ onSuccess: tellOutcome, onError: (error) => void toast.error(readRefusal(error).message), onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.alerts.deliveries.pathKey() }) }));
  return (
    <div className="flex flex-wrap items-end gap-2 border-t pt-4">
      <Field label="Send a test to" className="min-w-0 flex-1 basis-60">
        {(control) => <Input {...control} type="email" value={to} onChange={(event) => setTo(event.target.value)} />}
      </Field>
      <Button disabled={test.isPending || to === ""} onClick={() => test.mutate({ to })}>{test.isPending ? "Sending …" : "Send a test"}</Button>
    </div>
  );
}
