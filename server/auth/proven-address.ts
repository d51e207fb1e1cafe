import type { RequestOrigin } from "@/server/audit/contract";
import type { Tx } from "@/server/db/scoped";
import { type Person, recordAccess } from "./access-audit";
import { queueMail } from "./mail/queue";

interface Account extends Person {
  emailProvenAt: Date | null;
  passwordHash: string | null;
}

/** What an account opens by, and what is on its way to be one; by the names that its audit entry uses. */
const openings = (tx: Tx, userId: string) => {
  const own = { where: { userId } };
  return {
    passkeys: () => tx.passkey.deleteMany(own),
    linkedAccounts: () => tx.linkedAccount.deleteMany(own),
    authenticatorApps: () => tx.totpFactor.deleteMany(own),
    recoveryCodes: () => tx.recoveryCode.deleteMany(own),
    tokens: () => tx.apiToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } }),
    sessions: () => tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } }),
    links: () => tx.signInLink.updateMany({ where: { userId, usedAt: null }, data: { usedAt: new Date() } }),
    addressChanges: () => tx.emailChange.deleteMany(own),
  };
};

/**
 * Anybody can have made an account for an address: a link to an invitation need not have gone to the mailbox. Until its holder has shown
 * that the mailbox is theirs, nobody takes such an account for that person by its address; one that opens by nothing harms nobody.
 */
export async function isSomebodyElses(tx: Tx, user: { id: string; emailProvenAt: Date | null; passwordHash: string | null }): Promise<boolean> {
  if (user.emailProvenAt !== null) return false;
  const own = { where: { userId: user.id } };
  return user.passwordHash !== null || (await tx.passkey.count(own)) > 0 || (await tx.linkedAccount.count(own)) > 0;
}

/**
 * Once, by what reaches the holder of the mailbox alone. Whatever the account opened by before may be somebody else's, and goes: with the
 * second factor, which else would shut its holder out. A proven account loses nothing by mail any more. `keeps`: the one who shows it is
 * signed in to the account already, so that both are the same person.
 */
export async function proveAddress(tx: Tx, user: Account, by: string, { keeps = false, origin }: { keeps?: boolean; origin: RequestOrigin }): Promise<void> {
  const { count } = await tx.user.updateMany({ where: { id: user.id, emailProvenAt: null }, data: { emailProvenAt: new Date() } });
  if (count === 0) return;
  const dropped: Record<string, number> = {};
  if (!keeps) {
    if (user.passwordHash !== null) dropped.passwords = (await tx.user.updateMany({ where: { id: user.id, passwordHash: { not: null } }, data: { passwordHash: null } })).count;
    for (const [name, drop] of Object.entries(openings(tx, user.id))) {
      const gone = (await drop()).count;
      if (gone > 0) dropped[name] = gone;
    }
  }
  await recordAccess(tx, user, { action: "address.proven", resource: { type: "user", id: user.id, name: user.email }, after: { by, dropped } }, origin);
  if (OPENED.some((name) => name in dropped)) await queueMail(tx, "notice", user.email, "address.proven");
  if (OPENED.some((name) => name in dropped)) for (const owner of await ownersOf(tx, user.id)) await queueMail(tx, "notice", owner.email, `member.cleared ${user.email}`);
}

/** Who answers for the organizations that they are in: somebody else may have been in there under this name. */
const ownersOf = (tx: Tx, userId: string) =>
  tx.user.findMany({
    where: { id: { not: userId }, disabledAt: null, organizations: { some: { role: "owner", organization: { deletedAt: null, members: { some: { userId } } } } } },
    select: { email: true },
    orderBy: { email: "asc" },
  });

const OPENED = ["passwords", "passkeys", "linkedAccounts", "authenticatorApps", "tokens"];
