"use client";

import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { useFolderName } from "@/components/settings/folder-place";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { GrantView, PlaceRef, RoleChoice } from "@/server/access/contract";

export interface GrantListProps {
  place: PlaceRef;
  grants: readonly GrantView[];
  mayWrite: boolean;
  done: () => unknown;
}

/** What was given at a place, and what comes from the folders above, which is taken there. */
export function GrantList({ place, grants, mayWrite, done }: GrantListProps) {
  const trpc = useTRPC();
  const nameOf = useFolderName();
  const { user } = useWorkspace();
  const [taking, setTaking] = useState<GrantView | null>(null);
  const refused = (error: unknown) => void toast.error(readRefusal(error).message);
  const giveBack = useMutation(trpc.access.grant.mutationOptions({ onSuccess: () => void done(), onError: refused }));
  // One's own access may be what one would give it back by; of a group one may be in, nobody here knows.
  const isSure = ({ who }: GrantView) => who.kind === "person" && who.id !== user.id;
  // Its toast outlasts this list: the dialog may be closed before the answer is there.
  const revoke = useMutation(
    trpc.access.revoke.mutationOptions({
      onSuccess: (_done, { grantId }) => {
        const grant = grants.find(({ id }) => id === grantId);
        setTaking(null);
        done();
        if (grant === undefined || !isSure(grant)) return;
        const who = grant.who.kind === "group" ? { groupId: grant.who.id } : { userId: grant.who.id };
        toast.success(`${grant.label} was taken from ${grant.who.name}: what only this allows there may fail.`, { action: { label: "Undo", onClick: () => giveBack.mutate({ place, who, role: grant.role as RoleChoice }) } });
      },
      onError: (error) => (taking === null ? refused(error) : undefined),
    }),
  );
  return (
    <>
    <ul className="divide-y" aria-label="Access given">
      {grants.map((grant) => (
        <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <span className="min-w-0 flex-1 font-medium break-words">{grant.who.name}{grant.who.kind === "group" ? " (group)" : ""}</span>
          <Badge>{grant.label}</Badge>
          {grant.from !== null ? <span className="text-xs text-muted-foreground">from {nameOf(grant.from.folderId, grant.from.name)}</span> : mayWrite ? (
            <Button variant="ghost" size="icon" aria-label={`Take ${grant.label} from ${grant.who.name}`} disabled={revoke.isPending} onClick={() => (isSure(grant) ? revoke.mutate({ grantId: grant.id }) : setTaking(grant))}><Trash2 aria-hidden /></Button>
          ) : null}
        </li>
      ))}
    </ul>
    {taking === null ? null : (
      <ConfirmDialog title={`Take ${taking.label} from ${taking.who.name}?`} action="Take it" isBusy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate({ grantId: taking.id })} close={() => setTaking(null)}>
        {taking.who.kind === "group" ? "Everybody in the group loses" : `${taking.who.name} loses`} at once what only this access allows here. Runs and triggers that act for them may fail.
      </ConfirmDialog>
    )}
    </>
  );
}
