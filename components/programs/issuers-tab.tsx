"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { BadgeCheck, Plus, X } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
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
import { toast } from "@/components/ui/toast";
import { ROLE_CHOICES, type ServiceRole } from "./roles";
import { useRefreshPrograms } from "./use-refresh-programs";

export function IssuersTab() {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const mayWrite = useMay("member:write");
  const issuers = useQuery(trpc.programs.issuers.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const told = { onSuccess: refresh, onError: (error: unknown) => toast.error(readRefusal(error).message) };
  const set = useMutation(trpc.programs.setIssuer.mutationOptions(told));
  const remove = useMutation(trpc.programs.removeIssuer.mutationOptions(told));
  return (
    <>
      <SettingsList
        title="Trusted issuers"
        description="Tokens that somebody else signs (CI systems, clusters) are accepted for one audience; a claim says which role they have."
        actions={mayWrite ? <Button variant="primary" onClick={() => setCreating(true)}><Plus aria-hidden />New issuer</Button> : null}
        query={issuers}
        empty={{ icon: BadgeCheck, title: "No trusted issuers", text: "With one, a job in GitHub Actions, GitLab or Kubernetes calls Millrace without a stored secret." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map(({ id, name, issuer, audience, claim, roles, enabled, lastUsedAt }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="font-medium break-words">{name}</span>
                    {enabled ? null : <Badge tone="danger">Off</Badge>}
                  </div>
                  <p className="text-xs break-all text-muted-foreground">{issuer}, for {audience}</p>
                  <p className="text-xs break-words text-muted-foreground">
                    {claim}: {roles.map(({ value, role }) => `${value} → ${role}`).join(", ")}; {lastUsedAt === null ? "never used" : <>used <Moment at={lastUsedAt} /></>}
                  </p>
                </div>
                {mayWrite ? (
                  <div className="flex gap-2">
                    <Button size="sm" disabled={set.isPending} onClick={() => set.mutate({ issuerId: id, enabled: !enabled })} aria-label={`${enabled ? "Switch off" : "Switch on"} ${name}`}>{enabled ? "Switch off" : "Switch on"}</Button>
                    <Button size="sm" variant="ghost" disabled={remove.isPending || enabled} title={enabled ? "Switch it off first" : undefined} onClick={() => remove.mutate({ issuerId: id })} aria-label={`Delete ${name}`}>Delete</Button>
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {isCreating ? <CreateDialog close={() => setCreating(false)} /> : null}
    </>
  );
}

function CreateDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const [fields, setFields] = useState({ name: "", issuer: "", audience: "millrace", keysUrl: "", claim: "roles" });
  const [roles, setRoles] = useState<readonly { value: string; role: ServiceRole }[]>([{ value: "", role: "operator" }]);
  const create = useMutation(trpc.programs.createIssuer.mutationOptions({ onSuccess: async () => (await refresh(), close()) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ ...fields, keysUrl: fields.keysUrl === "" ? null : fields.keysUrl, roles: roles.filter(({ value }) => value !== "") });
  };
  const text = (name: keyof typeof fields, label: string, hint?: string, required = true) => (
    <Field label={label} hint={hint} required={required}>
      {(control) => <Input {...control} value={fields[name]} required={required} onChange={(event) => setFields({ ...fields, [name]: event.target.value })} />}
    </Field>
  );
  const setRole = (index: number, change: Partial<{ value: string; role: ServiceRole }>) => setRoles(roles.map((role, at) => (at === index ? { ...role, ...change } : role)));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="New trusted issuer" className="max-w-xl">
        <form onSubmit={submit} className="flex flex-col gap-4">
          {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
          {text("name", "Name")}
          {text("issuer", "Issuer", "As it stands in the claim iss: https://token.actions.githubusercontent.com")}
          {text("audience", "Audience", "As it stands in the claim aud.")}
          {text("keysUrl", "Address of its keys", "Empty: as its discovery document says.", false)}
          {text("claim", "Claim that gives the role", "A path into the token: groups, realm_access.roles, repository.")}
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1.5 text-sm font-medium">Roles by value of the claim</legend>
            {roles.map(({ value, role }, index) => (
              <div key={index} className="flex items-center gap-2">
                <Input aria-label={`Value ${index + 1}`} value={value} onChange={(event) => setRole(index, { value: event.target.value })} placeholder="acme/deploy" />
                <Select aria-label={`Role ${index + 1}`} className="w-36" value={role} onValueChange={(chosen) => setRole(index, { role: chosen as ServiceRole })} options={ROLE_CHOICES} />
                <Button size="icon" variant="ghost" disabled={roles.length === 1} aria-label={`Remove value ${index + 1}`} onClick={() => setRoles(roles.filter((_, at) => at !== index))}><X aria-hidden /></Button>
              </div>
            ))}
            <Button size="sm" className="self-start" onClick={() => setRoles([...roles, { value: "", role: "viewer" }])}><Plus aria-hidden />Another value</Button>
          </fieldset>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={create.isPending || fields.name.trim() === "" || fields.issuer === "" || roles.every(({ value }) => value === "")}>Create</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
