import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";

export type SignInMailKind = "magic" | "reset" | "email_old" | "email_new" | "notice";

export interface DueMail {
  id: string;
  kind: SignInMailKind;
  email: string;
  detail: string;
}

/** Whether the installation can send mail at all; without it the ways by mail are not offered. */
export function canSendMail(): boolean {
  return env.SMTP_URL !== undefined;
}

/** Writes down that a mail is to go out; with the transaction of what it is about. */
export async function queueMail(tx: Tx, kind: SignInMailKind, email: string, detail = ""): Promise<void> {
  if (!canSendMail()) return;
  await tx.signInMail.create({ data: { id: newId(), kind, email, detail } });
}

/**
 * Sends what is due, in the background: nobody's answer waits for a mail server, or tells by its time whether an address is known.
 * Loaded late, because what sends also writes the links of those who queue.
 */
export function sendSoon(): void {
  void import("./deliver").then(({ deliverSignInMails }) => deliverSignInMails()).catch(() => 0);
}
