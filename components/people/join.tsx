"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, useSyncExternalStore, type FormEvent } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Logo } from "@/components/shell/logo";
import { leave } from "@/components/sign-in/leave";
import { useSignIn } from "@/components/sign-in/use-sign-in";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { OpenInvitation } from "@/server/invitations/contract";
import { KeptCode } from "./kept-code";

const kept = new KeptCode(() => window.localStorage);

const readCode = () => kept.read(window.location.hash.slice(1), Date.now());

/** For signing in, by which somebody comes back without the fragment. */
const keepCode = () => kept.keep(Date.now());

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function Join({ email }: { email: string | null }) {
  const code = useSyncExternalStore(subscribe, readCode, () => undefined);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <span className="text-xl font-semibold">Millrace</span>
      </div>
      <Card className="w-full max-w-sm p-6">
        {code === undefined ? <SkeletonRows count={3} /> : code === null || code.length < 20 ? <Unusable state="unknown" /> : <Invitation code={code} email={email} />}
      </Card>
    </main>
  );
}

function Invitation({ code, email }: { code: string; email: string | null }) {
  const trpc = useTRPC();
  const invitation = useQuery({ ...trpc.invitations.view.queryOptions({ code }), refetchOnWindowFocus: false });
  if (invitation.isPending) return <SkeletonRows count={3} />;
  if (invitation.isError) return <ErrorState error={invitation.error} retry={() => void invitation.refetch()} what="the invitation" />;
  const { data } = invitation;
  if (data.state !== "open") return <Unusable state={data.state} />;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">Join {data.workspace ?? data.organization}</h1>
        <p className="text-sm text-muted-foreground">
          {data.invitedBy ?? "Somebody"} invites <span className="break-all">{data.email}</span> as {data.role}
          {data.workspace === null ? "" : ` to a workspace of ${data.organization}`}.
        </p>
      </div>
      {email === data.email ? <AcceptButton code={code} /> : email !== null ? <WrongPerson invited={data.email} email={email} /> : data.hasAccount === true ? <SignInFirst /> : data.hasAccount === null ? <RegisterOrSignIn code={code} invitation={data} /> : <RegisterForm code={code} invitation={data} />}
    </div>
  );
}

const WHY: Readonly<Record<string, string>> = {
  accepted: "It was accepted already.",
  revoked: "It was taken back.",
  expired: "It has run out.",
  unknown: "It is not complete, or there is a newer one.",
};

function Unusable({ state }: { state: string }) {
  return (
    <div className="flex flex-col gap-4">
      <Alert tone="warning" title="This invitation does not work">
        {WHY[state]} Ask whoever invited you for a new one.
      </Alert>
      <Button asChild>
        <a href="/">Go to Millrace</a>
      </Button>
    </div>
  );
}

function goOn(workspaceSlug: string | null): void {
  kept.drop();
  // A whole new page: everything on it belongs to the person now.
  window.location.replace(workspaceSlug === null ? "/" : `/${workspaceSlug}`);
}

function AcceptButton({ code }: { code: string }) {
  const trpc = useTRPC();
  const accept = useMutation(trpc.invitations.accept.mutationOptions({ onSuccess: ({ workspaceSlug }) => goOn(workspaceSlug) }));
  return (
    <>
      {accept.isError ? <Alert tone="danger" title={readRefusal(accept.error).message} /> : null}
      <Button variant="primary" disabled={accept.isPending || accept.isSuccess} onClick={() => accept.mutate({ code })}>
        Accept the invitation
      </Button>
    </>
  );
}

function WrongPerson({ invited, email }: { invited: string; email: string }) {
  return (
    <>
      <Alert tone="warning" title="This invitation is for somebody else">
        You are signed in as {email}, and it is for {invited}.
      </Alert>
      <Button onClick={() => (keepCode(), void leave("/join"))}>Sign out and go on</Button>
    </>
  );
}

function SignInFirst() {
  return (
    <>
      <p className="text-sm">There is an account with this address. Sign in with it to accept.</p>
      <Button variant="primary" asChild>
        <SignInLink />
      </Button>
    </>
  );
}

/** Slots its own looks into it. */
function SignInLink(look: { className?: string }) {
  return <a {...look} href="/sign-in?callbackUrl=%2Fjoin" onClick={keepCode} onAuxClick={keepCode}>Sign in</a>;
}

/** For whoever was handed the link, which does not say whether they have an account. */
function RegisterOrSignIn(invited: { code: string; invitation: OpenInvitation }) {
  return (
    <>
      <RegisterForm {...invited} />
      <p className="text-sm text-muted-foreground">
        Do you have an account with this address? <SignInLink className="underline underline-offset-4" /> with it to accept.
      </p>
    </>
  );
}

function RegisterForm({ code, invitation: { email, takesPassword } }: { code: string; invitation: OpenInvitation }) {
  const trpc = useTRPC();
  const [next, setNext] = useState("/");
  const { isBusy, message, submit } = useSignIn(next);
  const queryClient = useQueryClient();
  // Whether a password is taken may have changed since the page was loaded.
  const askAgain = (error: unknown) => (readRefusal(error).kind === "invalid_input" ? queryClient.invalidateQueries({ queryKey: trpc.invitations.view.queryKey({ code }) }) : undefined);
  const register = useMutation(trpc.invitations.register.mutationOptions({ onError: askAgain }));
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const password = takesPassword ? String(fields.get("password")) : undefined;
    register.mutate({ code, name: String(fields.get("name")), password }, {
      onSuccess: ({ workspaceSlug }) => {
        kept.drop();
        const joined = workspaceSlug === null ? "/" : `/${workspaceSlug}`;
        setNext(joined);
        if (password !== undefined) void submit("password", { email, password }, joined);
        // Signed in so far as to add a way to sign in.
        else window.location.replace(`/sign-in?callbackUrl=${encodeURIComponent(joined)}`);
      },
    });
  };
  if (register.isSuccess && message !== null) {
    return (
      <>
        <Alert tone="info" title="You have joined">{message} Sign in as your organization asks it.</Alert>
        <Button variant="primary" asChild>
          <a href={`/sign-in?callbackUrl=${encodeURIComponent(next)}`}>Go to the sign-in</a>
        </Button>
      </>
    );
  }
  const refusal = register.isError ? readRefusal(register.error).message : message;
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      <Field label="E-mail">{(control) => <Input {...control} value={email} readOnly autoComplete="username" />}</Field>
      <Field label="Your name" required>{(control) => <Input {...control} name="name" autoComplete="name" required maxLength={200} />}</Field>
      {takesPassword ? (
        <Field label="Password" hint="At least 10 characters, hard to guess." required>
          {(control) => <Input {...control} name="password" type="password" autoComplete="new-password" required minLength={10} />}
        </Field>
      ) : <p className="text-sm text-muted-foreground">No password is needed: once you have joined, set up the way to sign in that your organization asks for.</p>}
      <Button type="submit" variant="primary" disabled={register.isPending || register.isSuccess || isBusy}>
        Join
      </Button>
    </form>
  );
}
