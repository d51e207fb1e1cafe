"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { SetupRefusal } from "@/components/account/setup-refusal";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** For an account that has none. */
export function FirstPassword({ done, back }: { done: () => void; back: () => void }) {
  const trpc = useTRPC();
  const save = useMutation(trpc.account.changePassword.mutationOptions({ onSuccess: done }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ current: "", next: String(new FormData(event.currentTarget).get("password")) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {save.isError ? <SetupRefusal error={save.error} /> : null}
      <Field label="Password" hint="At least 10 characters, hard to guess." required>
        {(control) => <Input {...control} name="password" type="password" autoComplete="new-password" required minLength={10} autoFocus />}
      </Field>
      <Button type="submit" variant="primary" disabled={save.isPending || save.isSuccess}>Set the password</Button>
      <Button variant="ghost" onClick={back}>Back</Button>
    </form>
  );
}
