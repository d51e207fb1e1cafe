"use client";

import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { useFolderName } from "@/components/settings/folder-place";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { GrantView } from "@/server/access/contract";

/** What was given at a place, and what comes from the folders above, which is taken there. */
export function GrantList({ grants, mayWrite, done }: { grants: readonly GrantView[]; mayWrite: boolean; done: () => unknown }) {
  const trpc = useTRPC();
  const nameOf = useFolderName();
  const [taking, setTaking] = useState<GrantView | null>(null);
  const revoke = useMutation(trpc.access.revoke.mutationOptions({ onSuccess: () => (setTaking(null), done()) }));
  return (
    <>
    <ul className="divide-y" aria-label="Access given">
      {grants.map((grant) => (
        <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <span className="min-w-0 flex-1 font-medium break-words">{grant.who.name}{grant.who.kind === "group" ? " (group)" : ""}</span>
          <Badge>{grant.label}</Badge>
          {grant.from !== null ? <span className="text-xs text-muted-foreground">from {nameOf(grant.from.folderId, grant.from.name)}</span> : mayWrite ? (
            <Button variant="ghost" size="icon" aria-label={`Take ${grant.label} from ${grant.who.name}`} onClick={() => setTaking(grant)}><Trash2 aria-hidden /></Button>
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
