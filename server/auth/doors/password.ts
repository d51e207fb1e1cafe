import { setTimeout } from "node:timers/promises";
import { rawDb } from "@/server/db/client";
import { passwordSignInInput } from "../contract";
import { countGuess, guessedRight, guessedWrong } from "../lock-out";
import { hashPassword, isOutdated, verifyPassword } from "../password";
import { countAttempt } from "../rate-limit";
import { originOf } from "../request-origin";
import { type Attempt, beginSession, discreetly, headersOf, type SignedIn } from "./attempt";

/** More than a wrong password of somebody known takes, with what is recorded of it: so long the answer of any wrong one takes, known or not. */
const REFUSED_AFTER_MS = 300;

export function signInByPassword(credentials: unknown, attempt: Attempt, pause: (ms: number) => Promise<unknown> = setTimeout): Promise<SignedIn | null> {
  return discreetly(attempt, async () => {
    const began = performance.now();
    const signedIn = await tryPassword(credentials, attempt);
    if (signedIn === null) await pause(Math.max(0, REFUSED_AFTER_MS - (performance.now() - began)));
    return signedIn;
  });
}

async function tryPassword(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  const input = passwordSignInInput.safeParse(credentials);
  if (!input.success) return null;
  const { email, password } = input.data;
  const origin = originOf(headersOf(attempt));
  await countAttempt("signInByAddress", origin.ip);
  const user = await rawDb().user.findFirst({ where: { email, disabledAt: null } });
  await countGuess("signInByEmail", email, user, origin);
  if (!(await verifyPassword(password, user?.passwordHash ?? null)) || user === null) {
    await guessedWrong(user, "password", origin);
    return null;
  }
  await guessedRight("signInByEmail", email);
  if (user.passwordHash !== null && isOutdated(user.passwordHash)) await renewHash(user.id, user.passwordHash, password);
  return beginSession(user, attempt, { method: "password" });
}

/** Unless the password was changed meanwhile. */
async function renewHash(id: string, outdated: string, password: string): Promise<void> {
  await rawDb().user.updateMany({ where: { id, passwordHash: outdated }, data: { passwordHash: await hashPassword(password) } });
}
