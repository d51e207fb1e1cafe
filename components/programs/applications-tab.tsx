"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { AppWindow, Plus } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { ApplicationView, ServiceAccountView } from "@/server/programs/contract";
import { OVERLAPS } from "./overlaps";
import { ScopeFields, scopingInput, useUsualScoping } from "./scope-fields";
import { ShownOnce } from "./shown-once";
import { useRefreshPrograms } from "./use-refresh-programs";

const NEVER = "never";
const LIFETIMES = [
  { value: "600", label: "10 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "28800", label: "8 hours" },
  { value: "86400", label: "1 day" },
];
const REFRESHES = [
  { value: NEVER, label: "None" },
  { value: "1", label: "1 day" },
  { value: "30", label: "30 days" },
  { value: "365", label: "1 year" },
];

type Opened = { dialog: "create" } | { dialog: "rotate" | "remove"; application: ApplicationView } | null;

export function ApplicationsTab() {
  const trpc = useTRPC();
  const mayWrite = useMay("member:write");
  const applications = useQuery(trpc.programs.applications.queryOptions());
  const accounts = useQuery(trpc.programs.serviceAccounts.queryOptions());
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  return (
    <>
      <SettingsList
        title="Applications"
        description="They exchange an id and a secret for short-lived tokens of a service account (OAuth 2.1, client credentials)."
        actions={mayWrite ? <Button variant="primary" disabled={(accounts.data?.length ?? 0) === 0} onClick={() => setOpened({ dialog: "create" })}><Plus aria-hidden />New application</Button> : null}
        query={applications}
        empty={{ icon: AppWindow, title: "No applications", text: (accounts.data?.length ?? 0) === 0 ? "Make a service account first: an application acts as one." : "Whatever speaks OAuth gets tokens at /api/oauth/token that end by themselves." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((application) => (
              <li key={application.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="font-medium break-words">{application.name}</span>
                    <Badge>{application.serviceAccount.name}</Badge>
                    {application.serviceAccount.disabled ? <Badge tone="danger">Disabled</Badge> : null}
                  </div>
                  <code className="font-mono text-xs break-all text-muted-foreground">{application.id}</code>
                  <p className="text-xs break-words text-muted-foreground">{application.scopes.join(", ")}</p>
                  {application.secrets.map((secret) => (
                    <p key={secret.id} className="text-xs text-muted-foreground">
                      Secret <code className="font-mono">{secret.prefix}…</code>, {secret.lastUsedAt === null ? "never used" : <>used <Moment at={secret.lastUsedAt} /></>}
                      {secret.expiresAt === null ? "" : <>, ends <Moment at={secret.expiresAt} /></>}
                    </p>
                  ))}
                </div>
                {mayWrite ? (
                  <div className="flex gap-2">
                    <Button size="sm" onClick={() => setOpened({ dialog: "rotate", application })} aria-label={`New secret for ${application.name}`}>New secret</Button>
                    <Button size="sm" variant="ghost" onClick={() => setOpened({ dialog: "remove", application })} aria-label={`Delete ${application.name}`}>Delete</Button>
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {opened?.dialog === "create" ? <CreateDialog accounts={accounts.data ?? []} close={close} /> : null}
      {opened?.dialog === "rotate" ? <RotateDialog application={opened.application} close={close} /> : null}
      {opened?.dialog === "remove" ? <RemoveDialog application={opened.application} close={close} /> : null}
    </>
  );
}

function CreateDialog({ accounts, close }: { accounts: readonly ServiceAccountView[]; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const usual = useUsualScoping();
  const [scoping, setScoping] = useState(usual);
  const [name, setName] = useState("");
  const [serviceAccountId, setAccount] = useState(accounts[0]?.id ?? "");
  const [lifetime, setLifetime] = useState("3600");
  const [refreshDays, setRefreshDays] = useState(NEVER);
  const create = useMutation(trpc.programs.createApplication.mutationOptions({ onSuccess: refresh }));
  const input = scopingInput(scoping);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, serviceAccountId, ...input, tokenSeconds: Number(lifetime), refreshDays: refreshDays === NEVER ? null : Number(refreshDays) });
  };
  return (
    <Dialog open onOpenChange={close}>
      {create.isSuccess ? (
        <ShownOnce title="Copy the secret now" values={[{ label: "Client id", text: create.data.id }, { label: "Client secret", text: create.data.secret, testId: "new-secret" }]} close={close} />
      ) : (
        <DialogContent title="New application" className="max-w-xl">
          <form onSubmit={submit} className="flex flex-col gap-4">
            {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
            <Field label="Name" required>{(control) => <Input {...control} value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
            <div className="grid gap-4 sm:grid-cols-3">
              <Field label="Acts as">{(control) => <Select {...control} value={serviceAccountId} onValueChange={setAccount} options={accounts.map(({ id, name: label }) => ({ value: id, label }))} />}</Field>
              <Field label="Tokens last">{(control) => <Select {...control} value={lifetime} onValueChange={setLifetime} options={LIFETIMES} />}</Field>
              <Field label="Refresh tokens last">{(control) => <Select {...control} value={refreshDays} onValueChange={setRefreshDays} options={REFRESHES} />}</Field>
            </div>
            <ScopeFields value={scoping} onChange={setScoping} />
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" variant="primary" disabled={create.isPending || name.trim() === "" || input.scopes.length === 0}>Create</Button>
            </div>
          </form>
        </DialogContent>
      )}
    </Dialog>
  );
}

function RotateDialog({ application, close }: { application: ApplicationView; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const [overlap, setOverlap] = useState("24");
  const rotate = useMutation(trpc.programs.rotateSecret.mutationOptions({ onSuccess: refresh }));
  return (
    <Dialog open onOpenChange={close}>
      {rotate.isSuccess ? (
        <ShownOnce title="Copy the secret now" values={[{ label: "Client secret", text: rotate.data.secret, testId: "new-secret" }]} close={close} />
      ) : (
        <DialogContent title={`New secret for ${application.name}`}>
          <div className="flex flex-col gap-4">
            {rotate.isError ? <Alert tone="danger" title={readRefusal(rotate.error).message} /> : null}
            <Field label="The old one works on for">{(control) => <Select {...control} value={overlap} onValueChange={setOverlap} options={OVERLAPS} />}</Field>
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button variant="primary" disabled={rotate.isPending} onClick={() => rotate.mutate({ applicationId: application.id, overlapHours: Number(overlap) })}>Make a new secret</Button>
            </div>
          </div>
        </DialogContent>
      )}
    </Dialog>
  );
}

function RemoveDialog({ application, close }: { application: ApplicationView; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const remove = useMutation(trpc.programs.removeApplication.mutationOptions({ onSuccess: async () => (await refresh(), close()) }));
  return (
    <ConfirmDialog title={`Delete ${application.name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ applicationId: application.id })} close={close}>
      Its secrets and all tokens that it fetched stop working at once.
    </ConfirmDialog>
  );
}
