import { rawDb } from "@/server/db/client";
import { hashToken } from "../one-time-token";

type Purpose = "passkey_register" | "passkey_sign_in";

const CHALLENGE_MINUTES = 5;

export async function keepChallenge(challenge: string, purpose: Purpose, userId: string | null): Promise<void> {
  const expiresAt = new Date(Date.now() + CHALLENGE_MINUTES * 60_000);
  await rawDb().signInChallenge.create({ data: { hash: new Uint8Array(hashToken(challenge)), purpose, userId, expiresAt } });
}

/** True once: the first who answers a question that was asked not long ago, for this person. */
export async function takeChallenge(challenge: string, purpose: Purpose, userId: string | null): Promise<boolean> {
  const { count } = await rawDb().signInChallenge.deleteMany({ where: { hash: new Uint8Array(hashToken(challenge)), purpose, userId, expiresAt: { gt: new Date() } } });
  return count === 1;
}
