import { rawDb } from "@/server/db/client";
import { countRecoveryCodes } from "../factors/recovery-codes";
import { pageOriginOf, relyingParty } from "../factors/relying-party";
import { canSendMail } from "../mail/queue";
import { owesFactor } from "../own-factor";
import { policyOf } from "../policy";
import type { Session } from "../session";

/** Everything that signs this person in, for the page about it. */
export async function viewSecurity(session: Session, headers: Headers) {
  const { userId } = session;
  const [user, policy, recoveryCodesLeft] = await Promise.all([
    rawDb().user.findUniqueOrThrow({
      where: { id: userId },
      include: { totpFactor: true, passkeys: { orderBy: { createdAt: "asc" } }, linkedAccounts: { orderBy: { createdAt: "asc" } }, emailChange: true },
    }),
    policyOf(userId, session),
    countRecoveryCodes(userId),
  ]);
  const change = user.emailChange !== null && user.emailChange.expiresAt > new Date() ? user.emailChange : null;
  return {
    email: user.email,
    stage: session.stage,
    hasPassword: user.passwordHash !== null,
    totpSince: user.totpFactor?.confirmedAt?.toISOString() ?? null,
    recoveryCodesLeft,
    secondFactorRequired: policy.secondFactorRequired,
    passkeysWork: relyingParty(pageOriginOf(headers)) !== null,
    passkeys: user.passkeys.map(({ id, name, backedUp, createdAt, lastUsedAt }) => ({ id, name, backedUp, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null })),
    linkedAccounts: user.linkedAccounts.map(({ id, provider, label, createdAt, lastUsedAt }) => ({ id, provider, label, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null })),
    emailChange: change && { newEmail: change.newEmail, oldConfirmed: change.oldConfirmedAt !== null, newConfirmed: change.newConfirmedAt !== null },
    mailWorks: canSendMail(),
  };
}

/** How the person can show once more who they are. */
export async function viewProofs(session: Session, headers: Headers) {
  const { passwordHash, totpFactor, passkeys } = await rawDb().user.findUniqueOrThrow({ where: { id: session.userId }, include: { totpFactor: true, passkeys: true } });
  const hasTotp = totpFactor?.confirmedAt != null;
  return {
    email: session.email,
    stage: session.stage,
    password: session.stage === "full" && passwordHash !== null && !hasTotp && !(await owesFactor(session)),
    code: hasTotp,
    passkey: passkeys.length > 0 && relyingParty(pageOriginOf(headers)) !== null,
  };
}
