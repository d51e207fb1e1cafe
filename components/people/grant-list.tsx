"use client";

import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { useFolderName } from "@/components/settings/folder-place";
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
  /** What takes something from the person who asks for it, as the server says. */
  const [taking, setTaking] = useState<{ grant: GrantView; loss: string; isForGood: boolean } | null>(null);
  const refused = (error: unknown) => void toast.error(readRefusal(error).message);
  const giveBack = useMutation(trpc.access.grant.mutationOptions({ onSuccess: () => void done(), onError: refused }));
  // Its toast outlasts this list: the dialog may be closed before the answer is there.
  const revoke = useMutation(
    trpc.access.revoke.mutationOptions({
      onSuccess: (_done, { grantId }) => {
        const grant = grants.find(({ id }) => id === grantId);
        const isForGood = taking?.isForGood ?? false;
        setTaking(null);
        done();
        if (grant === undefined || isForGood) return;
        const who = grant.who.kind === "group" ? { groupId: grant.who.id } : { userId: grant.who.id };
        toast.success(`${grant.label} was taken from ${grant.who.name}: what only this allows there may fail.`, { action: { label: "Undo", onClick: () => giveBack.mutate({ place, who, role: grant.role as RoleChoice }) } });
      },
      onError: (error, { grantId }) => {
        const { kind, message, data } = readRefusal(error);
        const grant = grants.find(({ id }) => id === grantId);
        if (kind === "own_loss" && grant !== undefined) setTaking({ grant, loss: message, isForGood: data.isForGood === true });
        else if (taking === null) refused(error);
      },
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
            <Button variant="ghost" size="icon" aria-label={`Take ${grant.label} from ${grant.who.name}`} disabled={revoke.isPending} onClick={() => revoke.mutate({ grantId: grant.id, keepsOwn: true })}><Trash2 aria-hidden /></Button>
          ) : null}
        </li>
      ))}
    </ul>
    {taking === null ? null : (
      <ConfirmDialog title={`Take ${taking.grant.label} from ${taking.grant.who.name}?`} action="Take it" isBusy={revoke.isPending} error={revoke.error !== null && readRefusal(revoke.error).kind !== "own_loss" ? revoke.error : null} onConfirm={() => revoke.mutate({ grantId: taking.grant.id })} close={() => setTaking(null)}>
        {taking.loss} Runs and triggers that act for you may fail.
      </ConfirmDialog>
    )}
    </>
  );
}
