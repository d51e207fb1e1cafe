import { createHash } from "node:crypto";
import type { SsoAttempt } from "@/prisma/generated/client";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { hashToken, newToken } from "@/server/auth/one-time-token";
import { isSecureOrigin } from "@/server/auth/session-cookie";

const ATTEMPT_SECONDS = 600;

/** What only the browser of a sign-in holds; everything that must come back with the answer is made of it. */
export class BrowserSecret {
  constructor(readonly text: string) {}

  get nonce(): string {
    return this.#derive("nonce");
  }

  get codeVerifier(): string {
    return this.#derive("pkce");
  }

  get hash(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(hashToken(this.text));
  }

  #derive(purpose: string): string {
    return createHash("sha256").update(`${purpose}:${this.text}`).digest("base64url");
  }
}

export interface Begun {
  state: string;
  secret: BrowserSecret;
  cookie: string;
}

interface Beginning {
  connectionId: string;
  returnTo: string;
  testerId?: string | null;
  requestId?: string;
}

/** One more sign-in that goes to a provider. Several may be under way in one browser. */
export async function beginAttempt({ connectionId, returnTo, testerId = null, requestId }: Beginning): Promise<Begun> {
  const { token: state, hash } = newToken();
  const secret = new BrowserSecret(newToken().token);
  await rawDb().ssoAttempt.create({
    data: { hash: new Uint8Array(hash), connectionId, browserHash: secret.hash, returnTo, testerId, testId: testerId === null ? null : newId(), requestId: requestId ?? null, expiresAt: new Date(Date.now() + ATTEMPT_SECONDS * 1_000) },
  });
  return { state, secret, cookie: cookieFor(state, secret.text, ATTEMPT_SECONDS) };
}

const hashOf = (token: string) => new Uint8Array(hashToken(token));

/** The attempt that an answer belongs to: once, in its own browser, with its own connection. `answer`: what that browser was told when it brought the answer, where it was kept. */
export async function takeAttempt(state: string, connectionId: string, secret: BrowserSecret, answer?: string): Promise<SsoAttempt | null> {
  const [attempt] = await rawDb().ssoAttempt.updateManyAndReturn({
    where: { hash: hashOf(state), connectionId, browserHash: secret.hash, answerHash: answer === undefined ? null : hashOf(answer), takenAt: null, expiresAt: { gt: new Date() } },
    data: { takenAt: new Date() },
  });
  return attempt ?? null;
}

/** By whoever brought its answer: it is worth nothing any more. */
export async function dropAttempt(state: string, connectionId: string, answer: string): Promise<void> {
  await rawDb().ssoAttempt.deleteMany({ where: { hash: hashOf(state), connectionId, answerHash: hashOf(answer), takenAt: null } });
}

const cookieName = (state: string) => `${isSecureOrigin() ? "__Host-" : ""}millrace-sso-${state.slice(0, 10)}`;

function cookieFor(state: string, value: string, seconds: number): string {
  return `${cookieName(state)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecureOrigin() ? "; Secure" : ""}`;
}

export function forgetCookie(state: string): string {
  return cookieFor(state, "", 0);
}

export function browserSecretOf(headers: Headers, state: string): BrowserSecret | null {
  const found = (headers.get("cookie") ?? "").split(";").map((part) => part.trim().split("=")).find(([name]) => name === cookieName(state));
  return found?.[1] === undefined || found[1] === "" ? null : new BrowserSecret(found[1]);
}
