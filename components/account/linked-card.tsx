"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { SecurityView, Ways } from "@/server/account/contract";
import { Refused } from "./refused";
import { useProvenMutation } from "./use-proven-mutation";

type Linked = SecurityView["linkedAccounts"][number];

/** Absent where nothing is linked and nothing can be. */
export function LinkedCard({ accounts, providers }: { accounts: readonly Linked[]; providers: Ways["providers"] }) {
  const client = useTRPCClient();
  const [removing, setRemoving] = useState<Linked | null>(null);
  const remove = useProvenMutation((accountId: string) => client.account.unlink.mutate({ accountId }), () => setRemoving(null));
  const begin = useProvenMutation(async (id: string) => {
    await client.account.beginLink.mutate();
    await signIn(id, { callbackUrl: "/profile/security" });
  });
  if (accounts.length === 0 && providers.length === 0) return null;
  const free = providers.filter(({ id }) => !accounts.some(({ provider }) => provider === id));
  return (
    <Card>
      <CardHeader title="Linked accounts" description="They sign you in here." actions={free.map(({ id, name }) => <Button key={id} onClick={() => begin.mutate(id)}>Link {name}</Button>)} />
      <ul aria-label="Linked accounts" className="divide-y">
        {accounts.map((account) => (
          <li key={account.id} className="flex items-center gap-3 px-4 py-3">
            <div className="flex min-w-0 flex-1 basis-40 flex-col gap-0.5">
              <span className="text-sm font-medium break-words">{providers.find(({ id }) => id === account.provider)?.name ?? account.provider}: {account.label}</span>
              <span className="text-xs text-muted-foreground">linked <Moment at={account.createdAt} /></span>
            </div>
            <Button size="sm" onClick={() => setRemoving(account)}>Unlink</Button>
          </li>
        ))}
      </ul>
      <Refused error={begin.error} />
      {removing === null ? null : (
        <ConfirmDialog title={`Unlink ${removing.label}?`} action="Unlink" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(removing.id)} close={() => setRemoving(null)}>
          That account does not sign you in any more.
        </ConfirmDialog>
      )}
    </Card>
  );
}
