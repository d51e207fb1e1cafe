"use client";

import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Sends people to the provider of the organization that their address belongs to. */
export function SsoForm({ next, back }: { next: string; back: () => void }) {
  const trpc = useTRPC();
  const [email, setEmail] = useState("");
  const find = useMutation(trpc.sso.find.mutationOptions({
    onSuccess: ({ start }) => {
      // A whole navigation: the way leads through another site.
      if (start !== null) window.location.assign(start);
    },
  }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find.mutate({ email, next });
  };
  const isLeaving = find.isPending || (find.isSuccess && find.data.start !== null);
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">Single sign-on</h1>
        <p className="text-sm text-muted-foreground">Your address tells which organization’s sign-in you use.</p>
      </div>
      {find.isError ? <Alert tone="danger" title={readRefusal(find.error).message} /> : null}
      {find.data?.start === null ? <Alert tone="warning" title="No single sign-on for this address">Its domain belongs to no organization that has set it up. Sign in another way.</Alert> : null}
      <Field label="E-mail" required>
        {(control) => <Input {...control} type="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={isLeaving}>{isLeaving ? "Taking you there …" : "Continue"}</Button>
      <Button variant="ghost" onClick={back}>Back to sign-in</Button>
    </form>
  );
}
