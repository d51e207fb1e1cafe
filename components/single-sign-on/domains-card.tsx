"use client";

import { useMutation } from "@tanstack/react-query";
import { Globe, Trash2 } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Moment } from "@/components/time/moment";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { GRACE_DAYS } from "@/server/sso/constants";
import type { ConnectionView, DomainView } from "@/server/sso/contract";
import { useSso } from "./use-sso";

const NONE = "none";

export function DomainsCard() {
  const { trpc, sso, after } = useSso();
  const [domain, setDomain] = useState("");
  const add = useMutation(trpc.sso.addDomain.mutationOptions({ ...after, onSuccess: async () => (await after.onSuccess(), setDomain("")) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ domain });
  };
  return (
    <SettingsList
      title="Domains"
      description="Whose addresses are yours. A provider signs in people of verified domains only."
      actions={
        <form onSubmit={submit} className="flex gap-2">
          <Input aria-label="Domain" placeholder="example.com" required value={domain} onChange={(event) => setDomain(event.target.value)} className="w-40" />
          <Button type="submit" disabled={add.isPending}>Add</Button>
        </form>
      }
      query={{ ...sso, data: sso.data?.domains }}
      empty={{ icon: Globe, title: "No domains", text: "Add the domain of your people’s addresses and prove by a DNS record that it is yours." }}
    >
      {(items) => <ul className="divide-y">{items.map((item) => <DomainRow key={item.id} domain={item} connections={sso.data?.connections ?? []} />)}</ul>}
    </SettingsList>
  );
}

function DomainRow({ domain, connections }: { domain: DomainView; connections: readonly ConnectionView[] }) {
  const { trpc, after } = useSso();
  const verify = useMutation(trpc.sso.verifyDomain.mutationOptions(after));
  const route = useMutation(trpc.sso.routeDomain.mutationOptions(after));
  const [isRemoving, setRemoving] = useState(false);
  const remove = useMutation(trpc.sso.removeDomain.mutationOptions({ onSuccess: after.onSuccess }));
  const isVerified = domain.verifiedAt !== null;
  const hasDoor = connections.some(({ id, enabled }) => id === domain.connectionId && enabled);
  return (
    <li className="flex flex-col gap-3 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="w-full min-w-0 font-medium break-all sm:w-auto sm:flex-1">{domain.domain} <Badge tone={isVerified ? "success" : "warning"}>{isVerified ? "Verified" : "Not verified"}</Badge>{domain.missingSince === null ? null : <> <Badge tone="warning">Record gone</Badge></>}</span>
        {isVerified ? (
          <Select
            aria-label={`Where ${domain.domain} signs in`}
            className="w-48"
            value={domain.connectionId ?? NONE}
            onValueChange={(value) => route.mutate({ domainId: domain.id, connectionId: value === NONE ? null : value })}
            options={[{ value: NONE, label: "Signs in here" }, ...connections.map(({ id, name }) => ({ value: id, label: name }))]}
          />
        ) : (
          <Button disabled={verify.isPending} onClick={() => verify.mutate({ domainId: domain.id })}>{verify.isPending ? "Asking …" : "Check the record"}</Button>
        )}
        <Button variant="ghost" size="icon" aria-label={`Remove ${domain.domain}`} onClick={() => setRemoving(true)}><Trash2 aria-hidden /></Button>
      </div>
      {domain.missingSince === null ? null : <p className="text-sm text-muted-foreground">The record is missing since <Moment at={domain.missingSince} />. {GRACE_DAYS} days after that the domain stops counting as yours. Put it back: it is looked for once a day.</p>}
      {isVerified && !hasDoor ? <p className="text-sm text-muted-foreground">It leads to no provider that is on: its people sign in here, also where single sign-on is required.</p> : null}
      {isVerified && domain.missingSince === null ? null : <dl className="flex flex-col gap-1 text-xs"><Copied term="TXT record" text={domain.record.name} /><Copied term="Value" text={domain.record.value} /></dl>}
      {isRemoving ? (
        <ConfirmDialog title={`Remove ${domain.domain}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ domainId: domain.id })} close={() => setRemoving(false)}>
          {isVerified ? "The provider signs in nobody with its addresses any more, SCIM reaches none of them, and single sign-on is required of none. To have it back, its record has to be checked anew." : "Its record in the DNS counts for nothing any more."}
        </ConfirmDialog>
      ) : null}
    </li>
  );
}

export function Copied({ term, text }: { term: string; text: string }) {
  return (
    <div className="flex items-center gap-2">
      <dt className="w-24 shrink-0 text-muted-foreground">{term}</dt>
      <dd className="min-w-0 flex-1 font-mono break-all">{text}</dd>
      <CopyButton text={text} label={`Copy ${term.toLowerCase()}`} />
    </div>
  );
}
