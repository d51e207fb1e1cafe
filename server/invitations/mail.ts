import { sendMail, sendPlatformMail } from "@/server/alerts/service";
import { canSendMail } from "@/server/auth/mail/queue";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";

/** The code is in the fragment: it never reaches a server's log. */
export function linkOf(code: string): string {
  return `${env.MILLRACE_URL.replace(/\/$/, "")}/join#${code}`;
}

interface Mailed {
  /** Null: it is on its way. Else why not; the link can still be handed over by hand. */
  problem: string | null;
  /** It went by the installation's server: a workspace's own is read by whoever set it up. */
  isPrivate: boolean;
}

export async function mailInvitation(inviter: Scope | OrganizationScope, { email, url }: { id: string; email: string; url: string }): Promise<Mailed> {
  const place = "workspace" in inviter ? inviter.workspace.name : inviter.organization.name;
  const text = `${inviter.actor.name} invites you to ${place} on Millrace.\n\nAccept here:\n${url}\n\nThe link works once, for ${email} alone. If you did not expect it, leave it.\n`;
  try {
    const mail = { id: newId(), to: [email], subject: `Invitation to ${place}`, text };
    const isPrivate = inviter.workspaceId === null || canSendMail();
    await (inviter.workspaceId === null || isPrivate ? sendPlatformMail(mail) : sendMail(inviter.workspaceId, mail));
    return { problem: null, isPrivate };
  } catch (error) {
    return { problem: (error as Error).message, isPrivate: false };
  }
}
