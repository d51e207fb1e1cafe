import { tellAlertsChanged, tellLeaders } from "@/server/alerts/service";
import { queueMail, sendSoon } from "@/server/auth/mail/queue";
import { rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";

interface Told {
  organizationId: string;
  /** The same twice is one. */
  key: string;
  event: string;
  severity: "warning" | "error";
  title: string;
  text: string;
  /** Whom or what it is about, for mails. */
  about: string;
  /** False: it may have been mailed before. An inbox knows that by itself. */
  mails?: boolean;
}

/** Those who look after an organization: in the inbox of its oldest workspace. An organization that has none hears by mail. */
export async function tellOrganization({ organizationId, about, mails = true, ...told }: Told): Promise<void> {
  const workspaceId = await inTransaction(sharedPool(), (client) => tellLeaders(client, { organizationId, workspaceId: null }, { ...told, path: "/settings/single-sign-on" }));
  if (workspaceId !== null) return tellAlertsChanged(workspaceId);
  if (mails) await mailLeaders(organizationId, `${told.event} ${about}`);
}

async function mailLeaders(organizationId: string, detail: string): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    if ((await tx.workspace.count({ where: { organizationId, deletedAt: null } })) > 0) return;
    const where = { disabledAt: null, organizations: { some: { organizationId, role: { in: ["owner", "admin"] } } } };
    for (const { email } of await tx.user.findMany({ where, select: { email: true }, orderBy: { email: "asc" } })) await queueMail(tx, "notice", email, detail);
  });
  sendSoon();
}
