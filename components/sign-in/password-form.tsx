"use client";

import type { FormEvent } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useSignIn } from "./use-sign-in";

export function PasswordForm({ next }: { next: string }) {
  const { isBusy, message, submit } = useSignIn(next);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    void submit("password", { email: String(fields.get("email")), password: String(fields.get("password")) });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">Sign in</h1>
      {message === null ? null : <Alert tone="danger" title={message} />}
      <Field label="E-mail" required>
        {(control) => <Input {...control} name="email" type="email" autoComplete="username" required />}
      </Field>
      <Field label="Password" required>
        {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      <Button type="submit" variant="primary" disabled={isBusy}>
        {isBusy ? "Signing in …" : "Sign in"}
      </Button>
    </form>
  );
}
