"use client";

import { Building2, Fingerprint, Mail } from "lucide-react";
import Link from "next/link";
import { useState, type FormEvent } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Ways } from "@/server/account/contract";
import { MailForm } from "./mail-form";
import { ProviderButtons } from "./provider-buttons";
import { SsoForm } from "./sso-form";
import { usePasskey } from "./use-passkey";
import { signInMessage, useSignIn } from "./use-sign-in";

interface Props {
  next: string;
  ways: Ways;
  problem: string | null;
}

/** Every way in that works here; the password first. */
export function PasswordForm({ next, ways, problem }: Props) {
  const { isBusy, message, submit } = useSignIn(next);
  const askPasskey = usePasskey();
  const [otherWay, setOtherWay] = useState<"mail" | "sso" | null>(null);
  if (otherWay === "mail") return <MailForm kind="link" next={next} back={() => setOtherWay(null)} />;
  if (otherWay === "sso") return <SsoForm next={next} back={() => setOtherWay(null)} />;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    void submit("password", { email: String(fields.get("email")), password: String(fields.get("password")) });
  };
  const shown = message ?? (problem === null ? null : signInMessage(problem));
  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <h1 className="text-base font-semibold">Sign in</h1>
        {shown === null ? null : <Alert tone="danger" title={shown} />}
        <Field label="E-mail" required>
          {(control) => <Input {...control} name="email" type="email" autoComplete="username webauthn" required />}
        </Field>
        <Field label="Password" required>
          {(control) => <Input {...control} name="password" type="password" autoComplete="current-password" required />}
        </Field>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? "Signing in …" : "Sign in"}
        </Button>
        {ways.mail ? <Link href="/reset-password" className="self-start text-sm text-primary underline-offset-4 hover:underline">Forgot your password?</Link> : null}
      </form>
      {ways.passkey || ways.mail || ways.sso || ways.providers.length > 0 ? (
        <div className="flex flex-col gap-2">
          <p className="flex items-center gap-3 text-xs text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">or</p>
          {ways.passkey ? (
            <Button disabled={isBusy} onClick={() => void submit("passkey", async () => ({ response: await askPasskey() }))}>
              <Fingerprint aria-hidden />
              Use a passkey
            </Button>
          ) : null}
          {ways.mail ? (
            <Button onClick={() => setOtherWay("mail")}>
              <Mail aria-hidden />
              Get a link by mail
            </Button>
          ) : null}
          {ways.sso ? (
            <Button onClick={() => setOtherWay("sso")}>
              <Building2 aria-hidden />
              Use single sign-on
            </Button>
          ) : null}
          <ProviderButtons providers={ways.providers} next={next} />
        </div>
      ) : null}
    </div>
  );
}
