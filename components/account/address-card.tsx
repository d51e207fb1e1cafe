"use client";

import { useState, type FormEvent } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { SecurityView } from "@/server/account/contract";
import { Refused } from "./refused";
import { useProvenMutation } from "./use-proven-mutation";

export function AddressCard({ name: nameNow, security }: { name: string; security: SecurityView }) {
  const client = useTRPCClient();
  const [name, setName] = useState(nameNow);
  const rename = useProvenMutation((wanted: string) => client.account.rename.mutate({ name: wanted }), () => toast.success("Your name is changed."));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(name);
  };
  return (
    <Card>
      <CardHeader title="Name and address" />
      <div className="flex flex-col gap-4 p-4">
        <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
          <Field label="Name" required className="min-w-0 flex-1 basis-56">
            {(control) => <Input {...control} value={name} autoComplete="name" required maxLength={100} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Button type="submit" disabled={rename.isPending || name.trim() === nameNow}>Save</Button>
        </form>
        <Refused error={rename.error} />
        <EmailForm security={security} />
      </div>
    </Card>
  );
}

function EmailForm({ security: { email: emailNow, emailChange, mailWorks } }: { security: SecurityView }) {
  const client = useTRPCClient();
  const [email, setEmail] = useState("");
  const change = useProvenMutation((wanted: string) => client.account.changeEmail.mutate({ email: wanted }), () => setEmail(""));
  const cancel = useProvenMutation((_: void) => client.account.cancelEmailChange.mutate());
  if (!mailWorks) {
    return <p className="text-sm text-muted-foreground">You sign in as <strong className="font-medium text-foreground">{emailNow}</strong>. It can be changed once the installation can send mail.</p>;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(email);
  };
  return (
    <>
      {emailChange === null ? null : (
        <Alert title={`${emailChange.newEmail} is to become your address`} actions={<Button size="sm" onClick={() => cancel.mutate()}>Leave it as it is</Button>}>
          Waits for a yes from {[emailChange.oldConfirmed ? "" : "your present mailbox", emailChange.newConfirmed ? "" : "the new one"].filter(Boolean).join(" and ")}.
        </Alert>
      )}
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <Field label="New e-mail address" hint={`Now: ${emailNow}. Both mailboxes are asked.`} required className="min-w-0 flex-1 basis-56">
          {(control) => <Input {...control} type="email" autoComplete="off" value={email} required onChange={(event) => setEmail(event.target.value)} />}
        </Field>
        <Button type="submit" className="mb-5" disabled={change.isPending}>Change</Button>
      </form>
      <Refused error={change.error} />
    </>
  );
}
