"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { MailPlus, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useSearchText } from "@/components/shell/use-search-text";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import type { Invited, INVITATION_SHELVES, InvitationView } from "@/server/invitations/contract";
import { MadeLinks, type Place } from "./invite-dialog";

const TONES = { open: "accent", expired: "warning", accepted: "success", revoked: "neutral" } as const;

type Shelf = (typeof INVITATION_SHELVES)[number] | "all";
const SHELVES: { value: Shelf; label: string }[] = [{ value: "waiting", label: "Waiting" }, { value: "accepted", label: "Accepted" }, { value: "revoked", label: "Taken back" }, { value: "all", label: "All" }];
const EMPTY: Readonly<Record<Shelf, string>> = { waiting: "No invitation waits", accepted: "None was accepted", revoked: "None was taken back", all: "No invitations" };

export function Invitations({ place }: { place: Place }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [renewed, setRenewed] = useState<Invited | null>(null);
  const [revoking, setRevoking] = useState<InvitationView | null>(null);
  const [shelf, setShelf] = useState<Shelf>("waiting");
  const search = useSearchText();
  const input = { search: search.search, ...(shelf === "all" ? {} : { shelf }) };
  const ofWorkspace = useInfiniteQuery({ ...trpc.invitations.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }), enabled: place === "workspace", placeholderData: keepPreviousData });
  const ofOrganization = useInfiniteQuery({ ...trpc.invitations.ofOrganization.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }), enabled: place === "organization", placeholderData: keepPreviousData });
  const invitations = place === "workspace" ? ofWorkspace : ofOrganization;
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.invitations.pathKey() });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const shown = { onSuccess: async (made: Invited) => (setRenewed(made), await refresh()), onError };
  const resend = { workspace: useMutation(trpc.invitations.resend.mutationOptions(shown)), organization: useMutation(trpc.invitations.resendOfOrganization.mutationOptions(shown)) }[place];
  const taken = { onSuccess: async () => (await refresh(), setRevoking(null)) };
  const revoke = { workspace: useMutation(trpc.invitations.revoke.mutationOptions(taken)), organization: useMutation(trpc.invitations.revokeOfOrganization.mutationOptions(taken)) }[place];
  return (
    <>
      <SettingsList
        title="Invitations"
        description="A link works once, for its address alone, until it runs out."
        actions={<Select aria-label="Which invitations" className="w-36" value={shelf} options={SHELVES} onValueChange={(next) => setShelf(next as Shelf)} />}
        query={{ ...invitations, data: invitations.data?.pages.flatMap((page) => page.items) }}
        more={invitations}
        search={{ ...search, label: "Search invitations" }}
        empty={{ icon: MailPlus, title: EMPTY[shelf], text: "Who was invited, and whether they came, shows here." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} resend={() => resend.mutate({ invitationId: invitation.id })} revoke={() => setRevoking(invitation)} />
            ))}
          </ul>
        )}
      </SettingsList>
      {revoking === null ? null : (
        <ConfirmDialog title={`Take the invitation of ${revoking.email} back?`} action="Take it back" isBusy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate({ invitationId: revoking.id })} close={() => (revoke.reset(), setRevoking(null))}>
          Its link works no more, and cannot be made to work again: whoever is to come after all is invited anew.
        </ConfirmDialog>
      )}
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
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
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
