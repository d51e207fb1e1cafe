"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2, UsersRound } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { Copied } from "./domains-card";

export function ScimCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const scim = useQuery(trpc.scim.tokens.queryOptions());
  const [name, setName] = useState("");
  const [revoking, setRevoking] = useState<{ id: string; name: string } | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.scim.pathKey() });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const create = useMutation(trpc.scim.createToken.mutationOptions({ onSuccess: async () => (await refresh(), setName("")), onError }));
  const remove = useMutation(trpc.scim.removeToken.mutationOptions({ onSuccess: refresh }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name });
  };
  return (
    <>
      <SettingsList
        title="Provisioning by SCIM"
        description="The provider keeps people and groups: whom it switches off is signed out at once."
        actions={
          <form onSubmit={submit} className="flex gap-2">
            <Input aria-label="Name of the token" placeholder="Okta" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} className="w-32" />
            <Button type="submit" disabled={create.isPending}>New token</Button>
          </form>
        }
        query={{ ...scim, data: scim.data?.tokens }}
        empty={{ icon: UsersRound, title: "No SCIM token", text: "Make one and give it to your provider, with the address that is shown then." }}
      >
        {(items) => (
          <ul className="divide-y">
            <li className="px-4 py-3"><dl className="text-xs"><Copied term="Address" text={scim.data?.baseUrl ?? ""} /></dl></li>
            {items.map((token) => (
              <li key={token.id} className="flex items-center gap-3 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <span className="font-medium break-words">{token.name} <code className="font-mono text-xs text-muted-foreground">{token.prefix}…</code></span>
                  <span className="text-xs text-muted-foreground">{token.lastUsedAt === null ? "never used" : <>used <Moment at={token.lastUsedAt} /></>}</span>
                </div>
                <Button variant="ghost" size="icon" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}><Trash2 aria-hidden /></Button>
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {revoking === null ? null : (
        <ConfirmDialog title={`Revoke ${revoking.name}?`} action="Revoke" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ tokenId: revoking.id }, { onSuccess: () => setRevoking(null) })} close={() => setRevoking(null)}>
          The provider cannot keep people and groups here any more: whom it switches off from now on stays signed in. People and groups stay as they are.
        </ConfirmDialog>
      )}
      {create.isSuccess ? (
        <Dialog open onOpenChange={() => create.reset()}>
          <DialogContent title="Copy the token now" description="It is shown this once and stored only as a hash." footer={<Button variant="primary" onClick={() => create.reset()}>Done</Button>}>
            <div className="flex items-center gap-2">
              <code className="min-w-0 flex-1 rounded-md border bg-muted p-2 font-mono text-xs break-all">{create.data.token}</code>
              <CopyButton text={create.data.token} label="Copy token" />
            </div>
          </DialogContent>
        </Dialog>
      ) : null}
    </>
  );
}
