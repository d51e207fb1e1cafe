import type { User } from "next-auth";
import pino from "pino";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { noteSignIn } from "@/server/web-counts/service";
import { recordAccess } from "../access-audit";
import type { OwnSignInMethod } from "../constants";
import type { SIGN_IN_ERRORS } from "../contract";
import { rawDb } from "@/server/db/client";
import { mayComeToAdd, otherWaysOf } from "../other-way";
import { policyOf } from "../policy";
import { originOf } from "../request-origin";
import { createSession, findAnySession, type Proof, revokeSession, type Session } from "../session";
import { sessionTokenOf } from "../session-cookie";

export type SignInError = (typeof SIGN_IN_ERRORS)[number];
/** Goes through next-auth to the cookie, which carries nothing but the token. */
export type SignedIn = User & { sessionToken: string };
/** What next-auth hands on of a request. */
export type Attempt = { headers?: Record<string, unknown> };

export interface Person {
  id: string;
  email: string;
  name: string | null;
}

export class SignInRefused extends Error {
  constructor(reason: SignInError, options?: ErrorOptions) {
    super(reason, options);
    this.name = "SignInRefused";
  }
}

export function refuse(reason: SignInError): never {
  throw new SignInRefused(reason);
}

let logger: pino.Logger | undefined;

export function signInLog(): pino.Logger {
  return (logger ??= pino({ level: env.LOG_LEVEL, name: "sign-in" }));
}

/** next-auth tells the caller the message of whatever is thrown here; what nobody foresaw goes to the log instead. */
export async function discreetly<Result>(attempt: Attempt, work: () => Promise<Result>, note: (outcome: string) => void = noteSignIn): Promise<Result> {
  try {
    const done = await work();
    // As next-auth calls what it is told nothing of.
    if (done === null) note("CredentialsSignin");
    return done;
  } catch (error) {
    const refused = refusalOf(error);
    note(refused.message);
    if (refused.message === "unavailable" && refused !== error) signInLog().error({ err: error, requestId: originOf(headersOf(attempt)).requestId }, "unexpected error");
    throw refused;
  }
}

function refusalOf(error: unknown): SignInRefused {
  if (error instanceof SignInRefused) return error;
  return new SignInRefused(DomainError.is(error, "rate_limited") ? "rate_limited" : "unavailable", { cause: error });
}

export function headersOf(attempt: Attempt): Headers {
  const plain = Object.entries(attempt.headers ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return new Headers(plain);
}

export function addressOf(attempt: Attempt): string {
  return originOf(headersOf(attempt)).ip;
}

/** The session that the browser brings, whatever stage it is in. */
export function broughtSession(attempt: Attempt): Promise<Session | null> {
  return findAnySession(sessionTokenOf(headersOf(attempt)));
}

/** Their organizations let them in so, or so far as to add a way that they allow, which is answered: those, or nothing. */
export async function requireWay({ id, email, name }: Person, attempt: Attempt, proof: Proof): Promise<readonly OwnSignInMethod[]> {
  const { ssoRequired, methodRefused } = await policyOf(id, proof);
  const missing = !ssoRequired && methodRefused && mayComeToAdd(proof.method) ? (await otherWaysOf(id)).missing : [];
  if (!ssoRequired && (!methodRefused || missing.length > 0)) return missing;
  const reason = ssoRequired ? "sso_required" : "method_refused";
  await rawDb().$transaction((tx) => recordAccess(tx, { id, email, name }, { action: "sign_in.refused", after: { method: proof.method, reason } }, originOf(headersOf(attempt))));
  refuse(reason);
}

/** A fresh session row. What the browser brought along ends: nobody can have planted it. */
export async function beginSession(person: Person, attempt: Attempt, proof: Proof): Promise<SignedIn> {
  const { id, email, name } = person;
  const missing = await requireWay(person, attempt, proof);
  const origin = originOf(headersOf(attempt));
  const brought = await broughtSession(attempt);
  const sessionToken = await createSession(id, origin, proof);
  if (missing.length > 0) await rawDb().$transaction((tx) => recordAccess(tx, person, { action: "sign_in.to_add_way", after: { method: proof.method, missing } }, origin));
  if (brought !== null) await revokeSession(brought.id, origin);
  await noteStage(sessionToken);
  return { id, email, name: name ?? email, sessionToken };
}

/** Whoever has shown one factor of two is not signed in yet: what else is asked for is told. */
async function noteStage(sessionToken: string): Promise<void> {
  const stage = (await findAnySession(sessionToken))?.stage ?? "full";
  noteSignIn(stage === "full" ? "signed_in" : `asked_${stage}`);
}

/** next-auth sends an absent field as "", "undefined" or not at all. */
export function withoutEmptyTexts(credentials: unknown): Record<string, unknown> {
  const present = Object.entries((credentials ?? {}) as Record<string, unknown>).filter(([, value]) => value !== "" && value !== "undefined");
  return Object.fromEntries(present);
}
