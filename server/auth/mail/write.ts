import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { renewConfirmation } from "../email-confirmation";
import { insidePath } from "../inside-path";
import { createLinkToken, LINK_MINUTES } from "../sign-in-links";
import type { DueMail } from "./queue";
import { magicMail, type MailText, newAddressMail, type Notice, noticeMail, oldAddressMail, organizationMail, resetMail } from "./texts";

const address = (path: string, query: Record<string, string>) => `${env.MILLRACE_URL}${path}?${new URLSearchParams(query).toString()}`;

/** Makes the link and the text around it. Null: there is nobody to write to. */
export async function writeMail({ kind, email, detail }: DueMail): Promise<MailText | null> {
  switch (kind) {
    case "magic": {
      const user = await knownPerson(email);
      const next = insidePath(detail);
      return user && magicMail(address("/sign-in", { token: await createLinkToken(user.id, "magic"), ...(next === "/" ? {} : { callbackUrl: next }) }), LINK_MINUTES.magic);
    }
    case "reset": {
      const user = await knownPerson(email);
      return user && resetMail(address("/reset-password", { token: await createLinkToken(user.id, "reset") }), LINK_MINUTES.reset);
    }
    case "email_old": {
      const change = await renewConfirmation(detail, "old");
      return change && oldAddressMail(address("/confirm-email", { token: change.token }), change.newEmail);
    }
    case "email_new": {
      const change = await renewConfirmation(detail, "new");
      return change && newAddressMail(address("/confirm-email", { token: change.token }));
    }
    case "notice":
      return organizationMail(detail, (page) => `${env.MILLRACE_URL}${page}`) ?? noticeMail(detail as Notice, `${env.MILLRACE_URL}/profile/security`);
  }
}

function knownPerson(email: string) {
  return rawDb().user.findFirst({ where: { email, disabledAt: null }, select: { id: true } });
}
