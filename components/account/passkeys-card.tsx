"use client";

import { Fingerprint, Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type FormEvent } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { SecurityView } from "@/server/account/contract";
import { Refused } from "./refused";
import { useNewPasskey } from "./use-new-passkey";
import { useProvenMutation } from "./use-proven-mutation";

type Passkey = SecurityView["passkeys"][number];

export function PasskeysCard({ security: { passkeys, passkeysWork } }: { security: SecurityView }) {
  const client = useTRPCClient();
  const [naming, setNaming] = useState<Passkey | "new" | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const remove = useProvenMutation((passkeyId: string) => client.account.removePasskey.mutate({ passkeyId }), () => setRemoving(null));
  return (
    <Card>
      <CardHeader
        title="Passkeys"
        description="Sign in with a finger, your face or the PIN of a device; there is nothing to type and nothing to steal."
        actions={passkeysWork ? <Button onClick={() => setNaming("new")}><Plus aria-hidden />Add a passkey</Button> : null}
      />
      {passkeys.length === 0 ? (
        <EmptyState icon={Fingerprint} title="No passkeys">{passkeysWork ? "Add one for each device that you use." : "They work once this installation is opened under a domain name."}</EmptyState>
      ) : (
        <ul aria-label="Passkeys" className="divide-y">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-3 px-4 py-3">
              <div className="flex min-w-0 flex-1 basis-40 flex-col gap-0.5">
                <span className="text-sm font-medium break-words">{passkey.name}</span>
                <span className="text-xs text-muted-foreground">
                  added <Moment at={passkey.createdAt} />, {passkey.lastUsedAt === null ? "never used" : <>used <Moment at={passkey.lastUsedAt} /></>}{passkey.backedUp ? ", kept in sync" : ""}
                </span>
              </div>
              <Button variant="ghost" size="icon" aria-label={`Rename ${passkey.name}`} onClick={() => setNaming(passkey)}><Pencil aria-hidden /></Button>
              <Button variant="ghost" size="icon" aria-label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)}><Trash2 aria-hidden /></Button>
            </li>
          ))}
        </ul>
      )}
      {naming === null ? null : <NameDialog passkey={naming} close={() => setNaming(null)} />}
      {removing === null ? null : (
        <ConfirmDialog title={`Remove ${removing.name}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate(removing.id)} close={() => setRemoving(null)}>
          It does not sign you in any more. Delete it on the device too.
        </ConfirmDialog>
      )}
    </Card>
  );
}

function NameDialog({ passkey, close }: { passkey: Passkey | "new"; close: () => void }) {
  const client = useTRPCClient();
  const makePasskey = useNewPasskey();
  const [name, setName] = useState(passkey === "new" ? "" : passkey.name);
  const [isSilent, setSilent] = useState(false);
  const save = useProvenMutation(async (wanted: string) => {
    if (passkey !== "new") return client.account.renamePasskey.mutate({ passkeyId: passkey.id, name: wanted });
    const made = await makePasskey(wanted);
    setSilent(made === null);
    return made;
  }, (answer) => answer !== null && close());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(name);
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={passkey === "new" ? "Add a passkey" : "Rename the passkey"}>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Name" hint="By which you recognise the device." error={isSilent ? "The device made no passkey. Try again." : null} required>
            {(control) => <Input {...control} value={name} required maxLength={100} placeholder="My laptop" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Refused error={save.error} />
          <Button type="submit" variant="primary" className="self-end" disabled={save.isPending}>{passkey === "new" ? "Go on" : "Save"}</Button>
        </form>
      </DialogContent>
    </Dialog>
  );
}
