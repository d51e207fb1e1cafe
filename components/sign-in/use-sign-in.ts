"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";

const MESSAGES: Readonly<Record<string, string>> = {
  CredentialsSignin: "E-mail address or password is not right.",
  rate_limited: "Too many attempts. Wait a few minutes and try again.",
  link_invalid: "This link does not work any more.",
  details_missing: "Something is missing. Check every field.",
  unavailable: "The server cannot do this just now. Try again in a moment.",
  email_taken: "Somebody else uses this e-mail address.",
};

export interface SigningIn {
  isBusy: boolean;
  message: string | null;
  submit: (provider: "password" | "link", credentials: Record<string, string>) => Promise<void>;
}

/** Signs in and goes on to `next`; says what is wrong otherwise. */
export function useSignIn(next: string): SigningIn {
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const submit: SigningIn["submit"] = async (provider, credentials) => {
    setBusy(true);
    setMessage(null);
    try {
      const answer = await signIn(provider, { ...credentials, redirect: false });
      if (answer?.ok && !answer.error) {
        // A whole new page: everything on it belongs to the person now.
        window.location.replace(next);
        return;
      }
      setMessage(MESSAGES[answer?.error ?? ""] ?? "Signing in did not work. Try again.");
    } catch {
      setMessage("The server cannot be reached just now.");
    }
    setBusy(false);
  };
  return { isBusy, message, submit };
}
