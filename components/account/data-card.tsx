"use client";

import { Download } from "lucide-react";
import { useState, type FormEvent } from "react";
import { forgetOwn } from "@/components/data/own-storage";
import { useTRPCClient } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Refused } from "./refused";
import { useProvenMutation } from "./use-proven-mutation";

const REVOKE_AFTER_MS = 60_000;

function save(data: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: "millrace-my-data.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}

export function DataCard({ email }: { email: string }) {
  const client = useTRPCClient();
  const [isDeleting, setDeleting] = useState(false);
  const take = useProvenMutation((_: void) => client.account.export.mutate(), save);
  return (
    <Card>
      <CardHeader title="Your data" description="What is known about you, and the end of your account." />
      <div className="flex flex-col gap-3 p-4">
        <div className="flex flex-wrap gap-2">
          <Button disabled={take.isPending} onClick={() => take.mutate()}><Download aria-hidden />Export my data</Button>
          <Button variant="destructive" onClick={() => setDeleting(true)}>Delete my account</Button>
        </div>
        <Refused error={take.error} />
      </div>
      {isDeleting ? <DeleteDialog email={email} close={() => setDeleting(false)} /> : null}
    </Card>
  );
}

function DeleteDialog({ email, close }: { email: string; close: () => void }) {
  const client = useTRPCClient();
  const [typed, setTyped] = useState("");
  const remove = useProvenMutation((address: string) => client.account.delete.mutate({ email: address }), () => (forgetOwn(), window.location.replace("/sign-in")));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate(typed);
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Delete your account?" description="Your name, address, sessions, passkeys and API tokens go. What you made for your workspaces stays there. This cannot be undone." unsaved={false}>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label="Your e-mail address" hint={`Type ${email} to confirm.`} required>
            {(control) => <Input {...control} value={typed} autoComplete="off" required onChange={(event) => setTyped(event.target.value)} />}
          </Field>
          <Refused error={remove.error} />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Keep it</Button>
            <Button type="submit" variant="destructive" disabled={remove.isPending || typed.trim().toLowerCase() !== email}>Delete for good</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
