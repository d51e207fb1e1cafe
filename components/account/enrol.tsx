"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Fingerprint, Smartphone } from "lucide-react";
import { useState, type FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { leave } from "@/components/sign-in/leave";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { TotpSetup } from "./totp-setup";
import { useNewPasskey } from "./use-new-passkey";

/** For whoever has to have a second factor before anything else: which one, then how. */
export function EnrolSecondFactor({ next }: { next: string }) {
  const trpc = useTRPC();
  const security = useQuery(trpc.account.security.queryOptions());
  const [isPasskey, setPasskey] = useState(false);
  const begin = useMutation(trpc.account.beginTotp.mutationOptions());
  const goOn = () => window.location.replace(next);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">Set up a second factor</h1>
        <p className="text-sm text-muted-foreground">Your organization requires one before you go on.</p>
      </div>
      {begin.isError ? <Refusal error={begin.error} /> : null}
      {security.isPending ? (
        <SkeletonRows count={2} />
      ) : security.isError ? (
        <ErrorState error={security.error} retry={() => void security.refetch()} what="your account" />
      ) : begin.data !== undefined ? (
        <TotpSetup fresh={begin.data} done={goOn} />
      ) : isPasskey ? (
        <PasskeySetup done={goOn} back={() => setPasskey(false)} />
      ) : (
        <>
          {security.data.passkeysWork ? (
            <Button variant="primary" onClick={() => setPasskey(true)}><Fingerprint aria-hidden />Passkey: finger, face or PIN of this device</Button>
          ) : null}
          <Button variant={security.data.passkeysWork ? "secondary" : "primary"} disabled={begin.isPending} onClick={() => begin.mutate()}><Smartphone aria-hidden />Authenticator app on a phone</Button>
        </>
      )}
      <Button variant="ghost" onClick={() => void leave()}>Sign in as somebody else</Button>
    </div>
  );
}

function PasskeySetup({ done, back }: { done: () => void; back: () => void }) {
  const make = useNewPasskey();
  const [name, setName] = useState("");
  const [isSilent, setSilent] = useState(false);
  const save = useMutation({ mutationFn: make, onSuccess: (made) => (made === null ? setSilent(true) : done()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSilent(false);
    save.mutate(name);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {save.isError ? <Refusal error={save.error} /> : null}
      <Field label="Name of the passkey" hint="By which you recognise the device." error={isSilent ? "The device made no passkey. Try again." : null} required>
        {(control) => <Input {...control} value={name} required autoFocus maxLength={100} placeholder="My laptop" onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={save.isPending}>{save.isPending ? "Waiting for the device …" : "Make the passkey"}</Button>
      <Button variant="ghost" onClick={back}>Back</Button>
    </form>
  );
}

/** A sign-in of some time ago counts too little here, and what would confirm it is what is being set up. */
function Refusal({ error }: { error: unknown }) {
  const refusal = readRefusal(error);
  if (refusal.kind !== "proof_needed") return <Alert tone="danger" title={refusal.message} />;
  return <Alert tone="warning" title="Your sign-in is a while ago" actions={<Button onClick={() => void leave()}>Sign in again</Button>}>Sign in once more, then go on here.</Alert>;
}
