"use client";

import { useMutation } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const TEXTS = {
  link: { title: "Sign in by mail", hint: "We send a link that signs you in once.", action: "Send the link", sent: "If there is an account with this address, a link is on its way. It works once, for 15 minutes." },
  reset: { title: "Forgot your password?", hint: "We send a link with which you choose a new one.", action: "Send the link", sent: "If there is an account with this address, a link is on its way. It works once, for 30 minutes." },
} as const;

/** Asks for a mail. The answer is the same for every address. */
export function MailForm({ kind, next = "", back }: { kind: keyof typeof TEXTS; next?: string; back: () => void }) {
  const trpc = useTRPC();
  const [email, setEmail] = useState("");
  const link = useMutation(trpc.signIn.requestLink.mutationOptions());
  const reset = useMutation(trpc.signIn.requestReset.mutationOptions());
  const asked = kind === "link" ? link : reset;
  const texts = TEXTS[kind];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kind === "link") link.mutate({ email, next });
    else reset.mutate({ email });
  };
  if (asked.isSuccess) {
    return (
      <div className="flex flex-col gap-4">
        <h1 className="flex items-center gap-2 text-base font-semibold"><MailCheck className="size-5 text-primary" aria-hidden />Look into your mailbox</h1>
        <p role="status" className="text-sm text-muted-foreground">{texts.sent}</p>
        <Button onClick={back}>Back to sign-in</Button>
      </div>
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">{texts.title}</h1>
        <p className="text-sm text-muted-foreground">{texts.hint}</p>
      </div>
      {asked.isError ? <Alert tone="danger" title={readRefusal(asked.error).message} /> : null}
      <Field label="E-mail" required>
        {(control) => <Input {...control} type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={asked.isPending}>{asked.isPending ? "Sending …" : texts.action}</Button>
      <Button variant="ghost" onClick={back}>Back to sign-in</Button>
    </form>
  );
}
