"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MailPlus, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import type { Invited, InvitationView } from "@/server/invitations/contract";
import { MadeLinks, type Place } from "./invite-dialog";

const TONES = { open: "accent", expired: "warning", accepted: "success", revoked: "neutral" } as const;

export function Invitations({ place }: { place: Place }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [renewed, setRenewed] = useState<Invited | null>(null);
  const ofWorkspace = useQuery({ ...trpc.invitations.list.queryOptions(), enabled: place === "workspace" });
  const ofOrganization = useQuery({ ...trpc.invitations.ofOrganization.queryOptions(), enabled: place === "organization" });
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.invitations.pathKey() });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const shown = { onSuccess: async (made: Invited) => (setRenewed(made), await refresh()), onError };
  const resend = { workspace: useMutation(trpc.invitations.resend.mutationOptions(shown)), organization: useMutation(trpc.invitations.resendOfOrganization.mutationOptions(shown)) }[place];
  const revoke = { workspace: useMutation(trpc.invitations.revoke.mutationOptions({ onSuccess: refresh, onError })), organization: useMutation(trpc.invitations.revokeOfOrganization.mutationOptions({ onSuccess: refresh, onError })) }[place];
  return (
    <>
      <SettingsList
        title="Invitations"
        description="A link works once, for its address alone, until it runs out."
        query={place === "workspace" ? ofWorkspace : ofOrganization}
        empty={{ icon: MailPlus, title: "No invitations", text: "Who was invited, and whether they came, shows here." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} resend={() => resend.mutate({ invitationId: invitation.id })} revoke={() => revoke.mutate({ invitationId: invitation.id })} />
            ))}
          </ul>
        )}
      </SettingsList>
      {renewed === null ? null : (
        <Dialog open onOpenChange={() => setRenewed(null)}>
          <DialogContent title="A new link" description="The earlier one works no more.">
            <MadeLinks made={[renewed]} />
          </DialogContent>
        </Dialog>
      )}
    </>
  );
}

function InvitationRow({ invitation, resend, revoke }: { invitation: InvitationView; resend: () => void; revoke: () => void }) {
  const { email, role, state, invitedBy, createdAt, expiresAt, workspace } = invitation;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="font-medium break-all">{email}</span>
        <span className="text-xs text-muted-foreground">
          {role}
          {workspace === null ? "" : ` in ${workspace.name}`}, invited {invitedBy === null ? "" : `by ${invitedBy} `}
          <Moment at={createdAt} />
          {state === "open" ? <>, until <Moment at={expiresAt} /></> : null}
        </span>
      </div>
      <Badge tone={TONES[state]}>{state}</Badge>
      {state === "open" || state === "expired" ? (
        <div className="flex">
          <Button variant="ghost" size="icon" aria-label={`Send ${email} a new link`} onClick={resend}><RefreshCw aria-hidden /></Button>
          <Button variant="ghost" size="icon" aria-label={`Take the invitation of ${email} back`} onClick={revoke}><Trash2 aria-hidden /></Button>
        </div>
      ) : null}
    </li>
  );
}
