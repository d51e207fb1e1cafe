import { Secret, TOTP } from "otpauth";
import { rawDb } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { type MasterSealedPlace, openForPerson, sealForPerson } from "@/server/secrets/service";
import type { Person } from "../access-audit";

const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** Clocks of phones are a little off: one step to both sides. */
const WINDOW_STEPS = 1;

const binding = (userId: string) => `totp:${userId}`;

export const SEALED_FACTORS: MasterSealedPlace = { table: "totp_factor", id: "user_id", sealed: "sealed", binding: ({ id }) => binding(id) };

function totpOf(secret: Secret, label = "Millrace"): TOTP {
  return new TOTP({ issuer: "Millrace", label, algorithm: "SHA1", digits: 6, period: PERIOD_SECONDS, secret });
}

/** A new secret that waits for its first code. It is shown here and never again. */
export async function beginTotp(person: Person): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ size: SECRET_BYTES });
  const { sealed, masterKeyId } = sealForPerson(Buffer.from(secret.base32), binding(person.id));
  const fresh = { sealed, masterKeyId, createdAt: new Date(), lastStep: 0n };
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.totpFactor.updateMany({ where: { userId: person.id, confirmedAt: null }, data: fresh });
    if (count > 0) return;
    if ((await tx.totpFactor.count({ where: { userId: person.id } })) > 0) throw new DomainError("name_taken", { what: "second factor", name: "authenticator app" });
    await tx.totpFactor.create({ data: { userId: person.id, ...fresh } });
  });
  return { secret: secret.base32, uri: totpOf(secret, person.email).toString() };
}

/** Whether the code is right, and newer than every one before: each counts once, also when several come at the same time. */
export async function takeTotpCode(tx: Tx, userId: string, code: string, { confirmed }: { confirmed: boolean }): Promise<boolean> {
  const factor = await tx.totpFactor.findFirst({ where: { userId, confirmedAt: confirmed ? { not: null } : null } });
  if (factor === null) return false;
  const secret = Secret.fromBase32(openForPerson(factor, binding(userId)).toString());
  const delta = totpOf(secret).validate({ token: code, window: WINDOW_STEPS });
  if (delta === null) return false;
  const step = BigInt(Math.floor(Date.now() / 1_000 / PERIOD_SECONDS) + delta);
  const { count } = await tx.totpFactor.updateMany({
    where: { userId, lastStep: { lt: step } },
    data: { lastStep: step, ...(confirmed ? {} : { confirmedAt: new Date() }) },
  });
  return count === 1;
}
