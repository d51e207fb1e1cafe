"use client";

import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { CustomRolesProblem } from "@/components/people/custom-roles-problem";
import { useCustomRoles } from "@/components/people/use-custom-roles";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { IssuerView } from "@/server/programs/contract";
import { ROLE_CHOICES } from "./roles";
import { useRefreshPrograms } from "./use-refresh-programs";

type Mapping = RouterInputs["programs"]["createIssuer"]["roles"];

/** `issuer`: the one to change; null: a new one. */
export function IssuerDialog({ issuer, close }: { issuer: IssuerView | null; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const [fields, setFields] = useState({ name: issuer?.name ?? "", issuer: issuer?.issuer ?? "", audience: issuer?.audience ?? "millrace", keysUrl: issuer?.keysUrl ?? "", claim: issuer?.claim ?? "roles" });
  const [roles, setRoles] = useState<readonly { value: string; role: string }[]>(issuer?.roles.map(({ value, role }) => ({ value, role })) ?? [{ value: "", role: "operator" }]);
  const customs = useCustomRoles().map(({ id, name }) => ({ value: id, label: name }));
  const gone = issuer?.roles.filter(({ roleName }) => roleName === null).map(({ role }) => ({ value: role, label: "A role that is gone" })) ?? [];
  const choices = [...ROLE_CHOICES, ...customs, ...gone.filter(({ value }, index) => gone.findIndex((one) => one.value === value) === index)];
  const options = { onSuccess: async () => (await refresh(), close()) };
  const create = useMutation(trpc.programs.createIssuer.mutationOptions(options));
  const change = useMutation(trpc.programs.setIssuer.mutationOptions(options));
  const saving = issuer === null ? create : change;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = { ...fields, keysUrl: fields.keysUrl === "" ? null : fields.keysUrl, roles: roles.filter(({ value }) => value !== "") as Mapping };
    if (issuer === null) create.mutate(input);
    else change.mutate({ issuerId: issuer.id, ...input });
  };
  const text = (name: keyof typeof fields, label: string, hint?: string, required = true) => (
    <Field label={label} hint={hint} required={required}>
      {(control) => <Input {...control} value={fields[name]} required={required} onChange={(event) => setFields({ ...fields, [name]: event.target.value })} />}
    </Field>
  );
  const setRole = (index: number, part: Partial<{ value: string; role: string }>) => setRoles(roles.map((role, at) => (at === index ? { ...role, ...part } : role)));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={issuer === null ? "New trusted issuer" : `Change ${issuer.name}`} className="max-w-xl">
        <form onSubmit={submit} className="flex flex-col gap-4">
          {saving.isError ? <Alert tone="danger" title={readRefusal(saving.error).message} /> : null}
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
                <Select aria-label={`Role ${index + 1}`} className="w-40" value={role} onValueChange={(chosen) => setRole(index, { role: chosen })} options={choices} />
                <Button size="icon" variant="ghost" disabled={roles.length === 1} aria-label={`Remove value ${index + 1}`} onClick={() => setRoles(roles.filter((_, at) => at !== index))}><X aria-hidden /></Button>
              </div>
            ))}
            <Button size="sm" className="self-start" onClick={() => setRoles([...roles, { value: "", role: "viewer" }])}><Plus aria-hidden />Another value</Button>
          </fieldset>
          <CustomRolesProblem />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={saving.isPending || fields.name.trim() === "" || fields.issuer === "" || roles.every(({ value }) => value === "")}>{issuer === null ? "Create" : "Save"}</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
