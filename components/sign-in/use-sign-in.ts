"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";

const MESSAGES: Readonly<Record<string, string>> = {
  CredentialsSignin: "E-mail address or password is not right.",
  rate_limited: "Too many attempts. Wait a few minutes and try again.",
  link_invalid: "This link does not work any more.",
  details_missing: "Something is missing. Check every field.",
  password_weak: "This password is easy to guess. Make it longer, of words that do not belong together.",
  code_wrong: "That is not right, or it was used already.",
  passkey_unknown: "This passkey is not known here.",
  session_missing: "Your sign-in has ended. Sign in again.",
  sso_required: "Your organization wants you to sign in with its single sign-on.",
  method_refused: "Your organization does not allow this way of signing in. Use another one. If you have none that it allows, a link by mail lets you add one.",
  sso_failed: "Your organization’s sign-in gave an answer that cannot be used. Try again; if it stays, tell an administrator of your organization.",
  sso_expired: "That sign-in took too long, or was used already. Begin again.",
  sso_not_admitted: "Your organization’s sign-in knows you, but you have no access here. Ask an administrator of your organization.",
  account_unknown: "No account here is linked with that one. Sign in another way, then link it in your profile.",
  account_taken: "That account is linked with another person here.",
  email_unverified: "That account has no verified e-mail address.",
  proof_needed: "Confirm first that it is you, then link the account again.",
  unavailable: "The server cannot do this just now. Try again in a moment.",
  email_taken: "Somebody else uses this e-mail address.",
};

export const signInMessage = (code: string) => MESSAGES[code] ?? "Signing in did not work. Try again.";

export type SignInProvider = "password" | "link" | "passkey" | "confirm";

/** Null: it worked, and the browser holds the new session. Otherwise what is wrong, for people. */
export async function trySignIn(provider: SignInProvider, credentials: Record<string, string>): Promise<string | null> {
  try {
    const answer = await signIn(provider, { ...credentials, redirect: false });
    return answer?.ok && !answer.error ? null : signInMessage(answer?.error ?? "");
  } catch {
    return "The server cannot be reached just now.";
  }
}

export interface SigningIn {
  isBusy: boolean;
  message: string | null;
  submit: (provider: SignInProvider, credentials: Record<string, string> | (() => Promise<Record<string, string>>), to?: string) => Promise<void>;
}

/** Signs in and goes on to `next`, or where a submission says; tells what is wrong otherwise. */
export function useSignIn(next: string): SigningIn {
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const submit: SigningIn["submit"] = async (provider, credentials, to = next) => {
    setBusy(true);
    setMessage(null);
    try {
      const problem = await trySignIn(provider, typeof credentials === "function" ? await credentials() : credentials);
      if (problem === null) {
        // A whole new page: everything on it belongs to the person now.
        window.location.replace(to);
        return;
      }
      setMessage(problem);
    } catch (error) {
      setMessage(error instanceof Error ? error.message : "Signing in did not work. Try again.");
    }
    setBusy(false);
  };
  return { isBusy, message, submit };
}
