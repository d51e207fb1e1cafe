"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { PASSWORD_MIN_LENGTH } from "@/server/auth/constants";
import { MailForm } from "./mail-form";

export function ResetPassword({ token }: { token: string | null }) {
  const router = useRouter();
  return token === null ? <MailForm kind="reset" back={() => router.push("/sign-in")} /> : <ByToken token={token} />;
}

function ByToken({ token }: { token: string }) {
  const trpc = useTRPC();
  const link = useQuery({ ...trpc.signIn.viewReset.queryOptions({ token }), refetchOnWindowFocus: false });
  const reset = useMutation(trpc.signIn.resetPassword.mutationOptions());
  const [password, setPassword] = useState("");
  if (link.isPending) return <SkeletonRows count={3} />;
  if (link.isError) return <ErrorState error={link.error} retry={() => void link.refetch()} what="the link" />;
  if (reset.isSuccess) {
    return (
      <div className="flex flex-col gap-4">
        <h1 className="text-base font-semibold">Your password is changed</h1>
        <p role="status" className="text-sm text-muted-foreground">All your sessions were ended.</p>
        <Button asChild variant="primary"><Link href="/sign-in">Sign in</Link></Button>
      </div>
    );
  }
  if (link.data.email === null) {
    return (
      <div className="flex flex-col gap-4">
        <Alert tone="warning" title="This link does not work any more">It was used already or is too old.</Alert>
        <Button asChild><Link href="/reset-password">Ask for a new one</Link></Button>
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate({ token, password });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">Choose a new password</h1>
        <p className="text-sm break-words text-muted-foreground">For {link.data.email}.</p>
      </div>
      <input type="hidden" autoComplete="username" value={link.data.email} readOnly />
      {reset.isError ? <Alert tone="danger" title={readRefusal(reset.error).message} /> : null}
      <Field label="New password" hint={`At least ${PASSWORD_MIN_LENGTH} characters.`} required>
        {(control) => <Input {...control} type="password" autoComplete="new-password" required minLength={PASSWORD_MIN_LENGTH} value={password} onChange={(event) => setPassword(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" disabled={reset.isPending}>Change password</Button>
    </form>
  );
}
