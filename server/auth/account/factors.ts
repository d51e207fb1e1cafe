import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { Tx } from "@/server/db/scoped";
import { recordAccess } from "../access-audit";
import { newRecoveryCodes } from "../factors/recovery-codes";
import { takeTotpCode } from "../factors/totp";
import { guessedRight, countGuess } from "../lock-out";
import { queueMail, sendSoon } from "../mail/queue";
import { isAskedForFactor } from "../own-factor";
import { policyOf } from "../policy";
import type { RequestOrigin } from "@/server/audit/contract";
import { rotateSession, type Session } from "../session";
import { personOf } from "./sessions";

/** The first code proves that the app has the secret. Gives the recovery codes, and a new secret for this session. */
export async function confirmTotp(session: Session, code: string, origin: RequestOrigin): Promise<{ codes: string[]; token: string }> {
  const person = personOf(session);
  await countGuess("secondFactorByPerson", person.id, person, origin);
  const done = await rawDb().$transaction(async (tx) => {
    if (!(await takeTotpCode(tx, person.id, code, { confirmed: false }))) throw new DomainError("invalid_input", { field: "code", reason: "is not the code that the app shows now" });
    const codes = await newRecoveryCodes(tx, person.id);
    const token = await rotateSession(tx, session.id, { secondFactorAt: new Date() });
    await queueMail(tx, "notice", person.email, "totp.added");
    await recordAccess(tx, person, { action: "totp.added", resource: { type: "user", id: person.id } }, origin);
    return { codes, token };
  });
  await guessedRight("secondFactorByPerson", person.id);
  sendSoon();
  return done;
}

export async function removeTotp(session: Session, origin: RequestOrigin): Promise<{ token: string }> {
  const person = personOf(session);
  const token = await rawDb().$transaction(async (tx) => {
    await requireAnother(tx, person.id, "totp");
    const { count } = await tx.totpFactor.deleteMany({ where: { userId: person.id, confirmedAt: { not: null } } });
    if (count === 0) throw new DomainError("not_found", { what: "authenticator app" });
    await tx.recoveryCode.deleteMany({ where: { userId: person.id } });
    await queueMail(tx, "notice", person.email, "totp.removed");
    await recordAccess(tx, person, { action: "totp.removed", resource: { type: "user", id: person.id } }, origin);
    return rotateSession(tx, session.id);
  });
  sendSoon();
  return { token };
}

export async function replaceRecoveryCodes(session: Session, origin: RequestOrigin): Promise<string[]> {
  const person = personOf(session);
  return rawDb().$transaction(async (tx) => {
    if ((await tx.totpFactor.count({ where: { userId: person.id, confirmedAt: { not: null } } })) === 0) throw new DomainError("not_found", { what: "authenticator app" });
    await recordAccess(tx, person, { action: "recovery_codes.replaced", resource: { type: "user", id: person.id } }, origin);
    return newRecoveryCodes(tx, person.id);
  });
}

export async function removePasskey(session: Session, id: string, origin: RequestOrigin): Promise<void> {
  const person = personOf(session);
  await rawDb().$transaction(async (tx) => {
    await requireAnother(tx, person.id, "passkey");
    const passkey = await tx.passkey.findFirst({ where: { id, userId: person.id } });
    if (passkey === null) throw new DomainError("not_found", { what: "passkey" });
    await tx.passkey.delete({ where: { id } });
    await queueMail(tx, "notice", person.email, "passkey.removed");
    await recordAccess(tx, person, { action: "passkey.removed", resource: { type: "passkey", id, name: passkey.name } }, origin);
  });
  sendSoon();
}

/**
 * Where an organization, or of an administrator the installation, wants a second factor, the last one stays; so does that by which an owner comes in when single sign-on fails.
 * Two of a person are removed one after the other.
 */
async function requireAnother(tx: Tx, userId: string, removed: "totp" | "passkey"): Promise<void> {
  await tx.$queryRaw`select from user_account where id = ${userId}::uuid for update`;
  const { secondFactorRequired } = await policyOf(userId, { method: "password" });
  if (!secondFactorRequired && !(await isAskedForFactor(userId))) return;
  const [passkeys, apps] = [await tx.passkey.count({ where: { userId } }), await tx.totpFactor.count({ where: { userId, confirmedAt: { not: null } } })];
  const others = removed === "totp" ? passkeys : apps + passkeys - 1;
  if (others <= 0) throw new DomainError("in_use", { what: "second factor", id: userId, usedBy: [secondFactorRequired ? "your organization, which requires one" : "the installation, which requires one of its administrators"] });
}
