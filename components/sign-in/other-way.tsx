"use client";

import { Fingerprint, KeyRound } from "lucide-react";
import { useState } from "react";
import { PasskeySetup } from "@/components/account/passkey-setup";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { Ways } from "@/server/account/contract";
import type { OwnSignInMethod } from "@/server/auth/constants";
import { FirstPassword } from "./first-password";
import { leave } from "./leave";
import { ProviderButtons } from "./provider-buttons";
import { signInMessage } from "./use-sign-in";
import { WAY_NAMES } from "./way-names";

interface Props {
  email: string;
  next: string;
  /** What went wrong elsewhere, by its code. */
  problem: string | null;
  ways: Ways;
  allowed: readonly OwnSignInMethod[];
  missing: readonly OwnSignInMethod[];
  /** Whether the way in which they came lets them add one. */
  mayAdd: boolean;
}

const byLink = (byMail: boolean) =>
  byMail ? "Sign out and ask for a link by mail: by that you add one." : "Someone with access to the server gets you a link (npx millrace sign-in-link with your address), by which you add one.";

/** For whoever came in a way that their organization does not allow: who has none that it allows, and came by a link or an invitation, adds one here. */
export function OtherWay({ email, next, problem, ways, allowed, missing: lacking, mayAdd: vouched }: Props) {
  const missing = vouched ? lacking : [];
  const [adding, setAdding] = useState<"passkey" | "password" | null>(null);
  const done = () => window.location.replace(next);
  const back = () => setAdding(null);
  const providers = ways.providers.filter(({ id }) => missing.includes(id));
  const hasPasskey = missing.includes("passkey") && ways.passkey;
  const mayAdd = providers.length > 0 || hasPasskey || missing.includes("password");
  const names = allowed.map((way) => WAY_NAMES[way]).join(", ");
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-base font-semibold">{mayAdd ? "Set up how you sign in" : "Sign in another way"}</h1>
      {problem === null ? null : <Alert tone="danger" title={signInMessage(problem)} />}
      <p className="text-sm break-words text-muted-foreground">
        {names === "" ? `The organizations of ${email} allow no way in common. Ask one of their owners.` : `Organizations of ${email} let you in by: ${names}. ${mayAdd ? "You have none of these yet: add one to go on." : vouched || lacking.length === 0 ? "Sign out and choose one of these." : `You have none of these yet. ${byLink(ways.mail)}`}`}
      </p>
      {adding === "passkey" ? <PasskeySetup done={done} back={back} /> : adding === "password" ? <FirstPassword done={done} back={back} /> : (
        <>
          <ProviderButtons providers={providers} next={next} />
          {hasPasskey ? <Button onClick={() => setAdding("passkey")}><Fingerprint aria-hidden />Passkey: finger, face or PIN of this device</Button> : null}
          {missing.includes("password") ? <Button onClick={() => setAdding("password")}><KeyRound aria-hidden />Set a password</Button> : null}
        </>
      )}
      <Button variant={mayAdd ? "ghost" : "primary"} onClick={() => void leave()}>Sign out</Button>
    </div>
  );
}
