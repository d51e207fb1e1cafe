"use client";

import { useRef, type FormEvent } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { PASSWORD_MIN_LENGTH } from "@/server/auth/constants";
import { Refused } from "./refused";
import { useProvenMutation } from "./use-proven-mutation";

export function PasswordCard({ hasPassword, email }: { hasPassword: boolean; email: string }) {
  const client = useTRPCClient();
  const form = useRef<HTMLFormElement>(null);
  const change = useProvenMutation((input: { current: string; next: string }) => client.account.changePassword.mutate(input), () => {
    form.current?.reset();
    toast.success("Your password is changed. Other sessions were ended.");
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    change.mutate({ current: String(fields.get("current") ?? ""), next: String(fields.get("next")) });
  };
  return (
    <Card>
      <CardHeader title="Password" description={hasPassword ? "A change ends all your other sessions." : "You have none yet; you sign in another way."} />
      <form ref={form} onSubmit={submit} className="flex flex-col gap-4 p-4">
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <div className="grid gap-4 sm:grid-cols-2">
          {hasPassword ? (
            <Field label="Current password" required>
              {(control) => <Input {...control} name="current" type="password" autoComplete="current-password" required />}
            </Field>
          ) : null}
          <Field label="New password" hint={`At least ${PASSWORD_MIN_LENGTH} characters, not easy to guess.`} required>
            {(control) => <Input {...control} name="next" type="password" autoComplete="new-password" minLength={PASSWORD_MIN_LENGTH} required />}
          </Field>
        </div>
        <Refused error={change.error} />
        <Button type="submit" className="self-start" disabled={change.isPending}>{hasPassword ? "Change password" : "Set password"}</Button>
      </form>
    </Card>
  );
}
