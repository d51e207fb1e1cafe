import type { Tx } from "@/server/db/scoped";

/**
 * Anybody can have made an account for an address: a link to an invitation need not have gone to the mailbox. Until its holder has shown
 * that the mailbox is theirs, no organization takes such an account for its own person; an account that opens by nothing harms nobody.
 */
export async function isSomebodyElses(tx: Tx, user: { id: string; emailProvenAt: Date | null; passwordHash: string | null }): Promise<boolean> {
  if (user.emailProvenAt !== null) return false;
  const own = { where: { userId: user.id } };
  return user.passwordHash !== null || (await tx.passkey.count(own)) > 0 || (await tx.linkedAccount.count(own)) > 0;
}

/** By a link that went to the mailbox alone, and with a new password. What was set up before may be somebody else's: the first time, it goes. */
export async function proveAddress(tx: Tx, user: { id: string; emailProvenAt: Date | null }): Promise<void> {
  if (user.emailProvenAt !== null) return;
  const own = { where: { userId: user.id } };
  await tx.passkey.deleteMany(own);
  await tx.linkedAccount.deleteMany(own);
  await tx.apiToken.updateMany({ where: { userId: user.id, revokedAt: null }, data: { revokedAt: new Date() } });
  await tx.user.update({ where: { id: user.id }, data: { emailProvenAt: new Date() } });
}
