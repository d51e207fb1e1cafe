"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { ConnectionView, Rule } from "@/server/sso/contract";
import { RulesField } from "./rules-field";
import { SamlFields } from "./saml-fields";
import { useSso } from "./use-sso";

type Kind = ConnectionView["kind"];
interface Props {
  connection: ConnectionView | null;
  groups: readonly { id: string; name: string }[];
  close: () => void;
}

const emptyToNull = (text: string) => (text.trim() === "" ? null : text.trim());
const certificatesIn = (text: string) => text.split(/(?<=-----END CERTIFICATE-----)/).map((one) => one.trim()).filter((one) => one !== "");

export function ConnectionDialog({ connection, groups, close }: Props) {
  const { trpc, after } = useSso();
  const done = { onSuccess: async () => (await after.onSuccess(), close()) };
  const create = useMutation(trpc.sso.create.mutationOptions(done));
  const update = useMutation(trpc.sso.update.mutationOptions(done));
  const [kind, setKind] = useState<Kind>(connection?.kind ?? "oidc");
  const [provisions, setProvisions] = useState(connection?.provisions ?? true);
  const [unsolicited, setUnsolicited] = useState(connection?.unsolicited ?? false);
  const [defaultRole, setDefaultRole] = useState(connection?.defaultRole ?? "member");
  const [rules, setRules] = useState<readonly Rule[]>(connection?.mapping.rules ?? []);
  const error = create.error ?? update.error;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const mapping = { email: emptyToNull(text("emailClaim")), name: emptyToNull(text("nameClaim")), groups: emptyToNull(text("groupsClaim")), rules: rules.filter(({ group }) => group.trim() !== "") };
    const shared = { name: text("name"), provisions, defaultRole, mapping };
    const secret = text("clientSecret");
    const input = kind === "oidc"
      ? { kind, ...shared, issuer: text("issuer"), clientId: text("clientId"), scopes: text("scopes").split(/\s+/).filter(Boolean), ...(secret === "" ? {} : { clientSecret: secret }) }
      : { kind, ...shared, entityId: text("entityId"), ssoUrl: text("ssoUrl"), certificates: certificatesIn(text("certificates")), unsolicited };
    if (connection === null) create.mutate(input);
    else update.mutate({ connectionId: connection.id, connection: input });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={connection === null ? "Connect an identity provider" : `Change ${connection.name}`} className="max-w-xl">
        <form onSubmit={submit} className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          {connection === null ? <Field label="Protocol">{(control) => <Select {...control} value={kind} onValueChange={(value) => setKind(value as Kind)} options={[{ value: "oidc", label: "OpenID Connect" }, { value: "saml", label: "SAML 2.0" }]} />}</Field> : null}
          <Field label="Name" required>{(control) => <Input {...control} name="name" required maxLength={100} defaultValue={connection?.name} />}</Field>
          {kind === "oidc" ? <OidcFields connection={connection} /> : <SamlFields connection={connection} unsolicited={unsolicited} setUnsolicited={setUnsolicited} />}
          <label className="flex items-center gap-2 text-sm"><Switch checked={provisions} onCheckedChange={setProvisions} />Make accounts for people who come for the first time</label>
          <Field label="Role of new people">{(control) => <Select {...control} value={defaultRole} onValueChange={(value) => setDefaultRole(value as "member" | "admin")} options={[{ value: "member", label: "Member" }, { value: "admin", label: "Admin" }]} />}</Field>
          <details>
            <summary className="cursor-pointer text-sm">Names of claims</summary>
            <div className="mt-3 grid gap-3 sm:grid-cols-3">
              <Field label="E-mail">{(control) => <Input {...control} name="emailClaim" placeholder="email" defaultValue={connection?.mapping.email ?? ""} />}</Field>
              <Field label="Name">{(control) => <Input {...control} name="nameClaim" placeholder="name" defaultValue={connection?.mapping.name ?? ""} />}</Field>
              <Field label="Groups">{(control) => <Input {...control} name="groupsClaim" placeholder="groups" defaultValue={connection?.mapping.groups ?? ""} />}</Field>
            </div>
          </details>
          <RulesField rules={rules} groups={groups} change={setRules} />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={create.isPending || update.isPending}>{create.isPending || update.isPending ? "Saving …" : "Save"}</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function OidcFields({ connection }: { connection: ConnectionView | null }) {
  return (
    <>
      <Field label="Issuer" required hint="Its address, as the provider gives it.">{(control) => <Input {...control} name="issuer" type="url" required placeholder="https://login.example.com" defaultValue={connection?.issuer ?? ""} />}</Field>
      <Field label="Client id" required>{(control) => <Input {...control} name="clientId" required defaultValue={connection?.clientId ?? ""} />}</Field>
      <Field label="Client secret" hint={connection?.hasSecret === true ? "Leave empty to keep the present one." : undefined}>{(control) => <Input {...control} name="clientSecret" type="password" autoComplete="off" />}</Field>
      <Field label="Scopes" hint="Beside openid, with spaces between.">{(control) => <Input {...control} name="scopes" defaultValue={(connection?.scopes ?? ["email", "profile"]).join(" ")} />}</Field>
    </>
  );
}
