"use client";

import { useMutation } from "@tanstack/react-query";
import { Building2, Pencil, Plus, Trash2 } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import type { ConnectionView } from "@/server/sso/contract";
import { ConnectionDialog } from "./connection-dialog";
import { Copied } from "./domains-card";
import { useSso } from "./use-sso";

export function ConnectionsCard() {
  const { trpc, sso, after } = useSso();
  const [open, setOpen] = useState<{ connection: ConnectionView | null } | null>(null);
  const [removing, setRemoving] = useState<ConnectionView | null>(null);
  const remove = useMutation(trpc.sso.remove.mutationOptions({ onSuccess: async () => (await after.onSuccess(), setRemoving(null)) }));
  return (
    <>
      <SettingsList
        title="Identity providers"
        description="Your people sign in with them, by OpenID Connect or SAML 2.0."
        actions={<Button variant="primary" onClick={() => setOpen({ connection: null })}><Plus aria-hidden />Connect</Button>}
        query={{ ...sso, data: sso.data?.connections }}
        empty={{ icon: Building2, title: "No identity provider", text: "Connect Entra ID, Okta, Google Workspace, Keycloak or any other provider, try it, then switch it on." }}
      >
        {(items) => <ul className="divide-y">{items.map((item) => <ConnectionRow key={item.id} connection={item} change={() => setOpen({ connection: item })} remove={() => setRemoving(item)} />)}</ul>}
      </SettingsList>
      {open === null ? null : <ConnectionDialog connection={open.connection} groups={sso.data?.groups ?? []} close={() => setOpen(null)} />}
      {removing === null ? null : (
        <ConfirmDialog title={`Remove ${removing.name}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ connectionId: removing.id })} close={() => setRemoving(null)}>
          Nobody signs in with it any more. Accounts stay.
        </ConfirmDialog>
      )}
    </>
  );
}

function ConnectionRow({ connection, change, remove }: { connection: ConnectionView; change: () => void; remove: () => void }) {
  const { trpc, after } = useSso();
  const pathname = usePathname();
  const enable = useMutation(trpc.sso.enable.mutationOptions(after));
  const { id, name, kind, enabled, addresses, certificates } = connection;
  const isSaml = kind === "saml";
  return (
    <li className="flex flex-col gap-3 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="w-full min-w-0 font-medium break-words sm:w-auto sm:flex-1">{name} <Badge>{isSaml ? "SAML" : "OpenID Connect"}</Badge></span>
        <label className="flex items-center gap-2 text-sm"><Switch checked={enabled} aria-label={`${name} is on`} onCheckedChange={(on) => enable.mutate({ connectionId: id, enabled: on })} />{enabled ? "On" : "Off"}</label>
        <Button asChild><a href={`${new URL(addresses.test).pathname}?${new URLSearchParams({ next: pathname }).toString()}`}>Test</a></Button>
        <Button variant="ghost" size="icon" aria-label={`Change ${name}`} onClick={change}><Pencil aria-hidden /></Button>
        <Button variant="ghost" size="icon" aria-label={`Remove ${name}`} onClick={remove}><Trash2 aria-hidden /></Button>
      </div>
      <dl className="flex flex-col gap-1 text-xs">
        <Copied term={isSaml ? "ACS address" : "Redirect"} text={addresses.redirect} />
        {isSaml ? <Copied term="Metadata" text={addresses.metadata} /> : null}
        <Copied term="Start" text={addresses.start} />
        {certificates.map(({ fingerprint, subject, validUntil, isExpired }) => (
          <div key={fingerprint} className="flex items-center gap-2">
            <dt className="w-24 shrink-0 text-muted-foreground">Certificate</dt>
            <dd className="min-w-0 flex-1 break-all">{subject}, until {validUntil.slice(0, 10)} {isExpired ? <Badge tone="danger">Expired</Badge> : null}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
