"use client";

import type { FormEvent } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PASSWORD_MIN_LENGTH } from "@/server/auth/constants";
import { useSignIn } from "./use-sign-in";

/** The first sign-in of a person: who they are, and a password for later. */
export function FirstSignInForm({ token, next }: { token: string; next: string }) {
  const { isBusy, message, submit } = useSignIn(next);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => String(fields.get(name) ?? "");
    void submit("link", { token, email: text("email"), name: text("name"), password: text("password") });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">Welcome</h1>
        <p className="text-sm text-muted-foreground">You are the first here. Say who you are and choose a password; with it you sign in from now on.</p>
      </div>
      {message === null ? null : <Alert tone="danger" title={message} />}
      <Field label="Name" required>
        {(control) => <Input {...control} name="name" autoComplete="name" required maxLength={200} />}
      </Field>
      <Field label="E-mail" required>
        {(control) => <Input {...control} name="email" type="email" autoComplete="username" required />}
      </Field>
      <Field label="Password" hint={`At least ${PASSWORD_MIN_LENGTH} characters.`} required>
        {(control) => <Input {...control} name="password" type="password" autoComplete="new-password" minLength={PASSWORD_MIN_LENGTH} required />}
      </Field>
      <Button type="submit" variant="primary" disabled={isBusy}>
        {isBusy ? "Signing in …" : "Begin"}
      </Button>
    </form>
  );
}

/** The link is used up only by this button, so that a mail program that looks at links does not use it up. */
export function LinkSignInForm({ token, next, email }: { token: string; next: string; email: string }) {
  const { isBusy, message, submit } = useSignIn(next);
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">Sign in as {email}</h1>
      {message === null ? null : <Alert tone="danger" title={message} />}
      <Button variant="primary" disabled={isBusy} onClick={() => void submit("link", { token })}>
        {isBusy ? "Signing in …" : "Sign in"}
      </Button>
    </div>
  );
}
