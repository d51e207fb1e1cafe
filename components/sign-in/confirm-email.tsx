"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

const WAITS = { old: "the mailbox of your present address", new: "the mailbox of the new address" } as const;

/** Only this button says yes, so that a mail program that looks at links does not. */
export function ConfirmEmail({ token }: { token: string }) {
  const trpc = useTRPC();
  const confirm = useMutation(trpc.signIn.confirmEmail.mutationOptions());
  if (confirm.isSuccess) {
    const { waitsFor } = confirm.data;
    return (
      <div className="flex flex-col gap-4">
        <h1 className="text-base font-semibold">{waitsFor === null ? "Your address is changed" : "Thank you"}</h1>
        <p role="status" className="text-sm text-muted-foreground">{waitsFor === null ? "Sign in with it from now on." : `Now say yes from ${WAITS[waitsFor]} too.`}</p>
        <Button asChild><Link href="/sign-in">Go to Millrace</Link></Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">Change the address of your account?</h1>
      <p className="text-sm text-muted-foreground">It changes once both mailboxes have said yes.</p>
      {confirm.isError ? <Alert tone="danger" title={readRefusal(confirm.error).message} /> : null}
      <Button variant="primary" disabled={confirm.isPending} onClick={() => confirm.mutate({ token })}>Yes, change it</Button>
    </div>
  );
}
