"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Fingerprint, Smartphone } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { leave } from "@/components/sign-in/leave";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { PasskeySetup } from "./passkey-setup";
import { SetupRefusal } from "./setup-refusal";
import { TotpSetup } from "./totp-setup";

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
      {begin.isError ? <SetupRefusal error={begin.error} /> : null}
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
