"use client";

import { Fingerprint } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Proofs } from "@/server/account/contract";
import { leave } from "./leave";
import { usePasskey } from "./use-passkey";
import { useSignIn } from "./use-sign-in";

/** After the first proof: the code of the app, a recovery code, or a passkey. */
export function SecondFactor({ next, proofs }: { next: string; proofs: Proofs }) {
  const { isBusy, message, submit } = useSignIn(next);
  const askPasskey = usePasskey();
  const [isRecovery, setRecovery] = useState(false);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void submit("confirm", { code: String(new FormData(event.currentTarget).get("code")) });
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-semibold">One more step</h1>
        <p className="text-sm break-words text-muted-foreground">You are signing in as {proofs.email}.</p>
      </div>
      {message === null ? null : <Alert tone="danger" title={message} />}
      {proofs.code ? (
        <form key={String(isRecovery)} onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label={isRecovery ? "Recovery code" : "Code"} hint={isRecovery ? "One of those you kept; it works once." : "Six digits, from your authenticator app."} required>
            {(control) => (
              <Input {...control} name="code" autoComplete="one-time-code" inputMode={isRecovery ? "text" : "numeric"} autoFocus required minLength={6} maxLength={20} className="font-mono" />
            )}
          </Field>
          <Button type="submit" variant="primary" disabled={isBusy}>{isBusy ? "Checking …" : "Go on"}</Button>
          <Button variant="link" className="self-start" onClick={() => setRecovery(!isRecovery)}>{isRecovery ? "Use the app" : "Use a recovery code"}</Button>
        </form>
      ) : null}
      {proofs.passkey ? (
        <Button disabled={isBusy} onClick={() => void submit("confirm", async () => ({ passkey: await askPasskey() }))}>
          <Fingerprint aria-hidden />
          Use a passkey
        </Button>
      ) : null}
      <Button variant="ghost" onClick={() => void leave()}>Sign in as somebody else</Button>
    </div>
  );
}
