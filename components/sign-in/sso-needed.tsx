"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { leave } from "./leave";

/** For whoever came in another way than their organization wants. */
export function SsoNeeded({ email, next }: { email: string; next: string }) {
  const trpc = useTRPC();
  const find = useMutation(trpc.sso.find.mutationOptions({ onSuccess: ({ start }) => (start === null ? undefined : window.location.assign(start)) }));
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">Single sign-on is required</h1>
      <p className="text-sm break-words text-muted-foreground">An organization of {email} wants its people to sign in with its own provider.</p>
      {find.data?.start === null ? <Alert tone="warning" title="No single sign-on for this address">Ask an administrator of your organization: the domain of your address is not set up.</Alert> : null}
      <Button variant="primary" disabled={find.isPending} onClick={() => find.mutate({ email, next })}>Continue with single sign-on</Button>
      <Button onClick={() => void leave()}>Sign out</Button>
    </div>
  );
}
