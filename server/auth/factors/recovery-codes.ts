import { createHmac, randomInt } from "node:crypto";
import type { Tx } from "@/server/db/scoped";
import { newId } from "@/server/db/id";
import { rawDb } from "@/server/db/client";

const CODES = 10;
/** Without letters and digits that are taken for one another; 12 of 30 are some 58 bits. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 3;
const GROUP_CHARACTERS = 4;

function newCode(): string {
  const group = () => Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** Bound to the person, so that two people's equal codes look different. */
function hashCode(userId: string, code: string): Uint8Array<ArrayBuffer> {
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return new Uint8Array(createHmac("sha256", userId).update(plain).digest());
}

/** Ten new ones; those before end. This is the only time that they can be seen. */
export async function newRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ id: newId(), userId, codeHash: hashCode(userId, code) })) });
  return codes;
}

/** True for the first who brings the code. */
export async function takeRecoveryCode(tx: Tx, userId: string, code: string): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({ where: { userId, codeHash: hashCode(userId, code), usedAt: null }, data: { usedAt: new Date() } });
  return count === 1;
}

export function countRecoveryCodes(userId: string): Promise<number> {
  return rawDb().recoveryCode.count({ where: { userId, usedAt: null } });
}
