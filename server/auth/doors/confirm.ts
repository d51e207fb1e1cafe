import type { RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { noteSignIn } from "@/server/web-counts/service";
import { recordAccess } from "../access-audit";
import { confirmInput } from "../contract";
import { takeRecoveryCode } from "../factors/recovery-codes";
import { takeTotpCode } from "../factors/totp";
import { countGuess, guessedRight, guessedWrong } from "../lock-out";
import { queueMail, sendSoon } from "../mail/queue";
import { verifyPassword } from "../password";
import { countAttempt } from "../rate-limit";
import { originOf } from "../request-origin";
import { rotateSession, type Session } from "../session";
import { addressOf, type Attempt, broughtSession, discreetly, headersOf, refuse, type SignedIn, withoutEmptyTexts } from "./attempt";
import { ownerOfAnswer } from "./passkey";

type Given = { kind: "password" | "code" | "passkey"; value: string };

/**
 * One more proof within a sign-in: the second factor after the first, or a fresh look before something sensitive. The session goes on
 * under a new secret.
 */
export function confirmSession(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  // A fresh look within a session signs nobody in.
  let isSignIn = true;
  const found = ({ stage }: Session) => void (isSignIn = stage !== "full");
  return discreetly(
    attempt,
    async () => {
      const done = await tryConfirm(credentials, attempt, found);
      if (isSignIn) noteSignIn("signed_in");
      return done;
    },
    (outcome) => (isSignIn ? noteSignIn(outcome) : undefined),
  );
}

async function tryConfirm(credentials: unknown, attempt: Attempt, found: (session: Session) => void): Promise<SignedIn | null> {
  const input = confirmInput.safeParse(withoutEmptyTexts(credentials));
  if (!input.success) return refuse("details_missing");
  const [given] = Object.entries(input.data).map(([kind, value]) => ({ kind, value }) as Given);
  if (given === undefined) return refuse("details_missing");
  await countAttempt("signInByAddress", addressOf(attempt));
  const session = await broughtSession(attempt);
  if (session === null || (session.stage !== "full" && session.stage !== "second_factor")) return refuse("session_missing");
  found(session);
  const isSecondFactor = given.kind !== "password";
  // A password is worth nothing where a second factor is asked for: it was the first.
  if (!isSecondFactor && (session.stage !== "full" || (await hasTotp(session.userId)))) return refuse("code_wrong");
  await prove(session, given, attempt);
  const now = new Date();
  const sessionToken = await rawDb().$transaction(async (tx) => {
    const token = await rotateSession(tx, session.id, { authenticatedAt: now, ...(isSecondFactor ? { secondFactorAt: now } : {}) });
    await recordAccess(tx, personOf(session), { action: "session.confirmed", resource: { type: "session", id: session.id }, after: { by: given.kind } }, originOf(headersOf(attempt)));
    return token;
  });
  return { id: session.userId, email: session.email, name: session.name, sessionToken };
}

const personOf = ({ userId, email, name }: Session) => ({ id: userId, email, name });

async function hasTotp(userId: string): Promise<boolean> {
  return (await rawDb().totpFactor.count({ where: { userId, confirmedAt: { not: null } } })) > 0;
}

/** Counted before it is looked at, so that guesses at the same time count too. */
async function prove(session: Session, { kind, value }: Given, attempt: Attempt): Promise<void> {
  const origin = originOf(headersOf(attempt));
  const person = personOf(session);
  if (kind === "passkey") {
    if ((await ownerOfAnswer(value, attempt))?.id === session.userId) return;
    return refuse("passkey_unknown");
  }
  const [guessed, by] = kind === "password" ? (["signInByEmail", session.email] as const) : (["secondFactorByPerson", session.userId] as const);
  await countGuess(guessed, by, person, origin);
  const isRight = kind === "password" ? await isPassword(session.userId, value) : await isCode(person, value, origin);
  if (!isRight) {
    await guessedWrong(person, kind === "password" ? "password" : "second_factor", origin);
    return refuse("code_wrong");
  }
  await guessedRight(guessed, by);
}

async function isPassword(userId: string, password: string): Promise<boolean> {
  const { passwordHash } = await rawDb().user.findUniqueOrThrow({ where: { id: userId } });
  return verifyPassword(password, passwordHash);
}

const SIX_DIGITS = /^\d{6}$/;

/** Of the authenticator app, or a recovery code in its place. */
async function isCode(person: { id: string; email: string; name: string }, typed: string, origin: RequestOrigin): Promise<boolean> {
  const code = typed.replace(/[\s-]/g, "");
  if (SIX_DIGITS.test(code)) return rawDb().$transaction((tx) => takeTotpCode(tx, person.id, code, { confirmed: true }));
  const taken = await rawDb().$transaction(async (tx) => {
    if (!(await takeRecoveryCode(tx, person.id, code))) return false;
    await queueMail(tx, "notice", person.email, "recovery_code.used");
    await recordAccess(tx, person, { action: "recovery_code.used", resource: { type: "user", id: person.id } }, origin);
    return true;
  });
  if (taken) sendSoon();
  return taken;
}
