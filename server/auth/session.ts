import { newId } from "@/server/db/id";
import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { hashToken, newToken } from "./one-time-token";

/** A person who is signed in. Looked up at every request: revoking the row ends the session at once. */
export interface Session {
  id: string;
  userId: string;
  email: string;
  name: string;
}

export const SESSION_DAYS = 30;
const DAY_MS = 86_400_000;
/** How old "last seen" may become before it is written again; also when the session is prolonged. */
const TOUCH_AFTER_MS = 5 * 60_000;

export function isSecureOrigin(): boolean {
  return env.MILLRACE_URL.startsWith("https://");
}

export function sessionCookieName(): string {
  return isSecureOrigin() ? "__Host-millrace-session" : "millrace-session";
}

export async function createSession(userId: string, origin: { ip?: string; userAgent?: string } = {}): Promise<string> {
  const { token, hash } = newToken();
  const now = new Date();
  await rawDb().session.create({
    data: { id: newId(), userId, tokenHash: new Uint8Array(hash), expiresAt: expiry(now), ip: origin.ip ?? null, userAgent: origin.userAgent?.slice(0, 500) ?? null },
  });
  await rawDb().user.update({ where: { id: userId }, data: { lastSeenAt: now } });
  return token;
}

export async function findSession(token: string | undefined): Promise<Session | null> {
  if (token === undefined || token === "") return null;
  const now = new Date();
  const row = await rawDb().session.findFirst({
    where: { tokenHash: new Uint8Array(hashToken(token)), revokedAt: null, expiresAt: { gt: now }, user: { disabledAt: null } },
    select: { id: true, lastSeenAt: true, user: { select: { id: true, email: true, name: true } } },
  });
  if (row === null) return null;
  if (now.getTime() - row.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
    await rawDb().session.updateMany({ where: { id: row.id, revokedAt: null }, data: { lastSeenAt: now, expiresAt: expiry(now) } });
  }
  return { id: row.id, userId: row.user.id, email: row.user.email, name: row.user.name ?? row.user.email };
}

export async function revokeSession(sessionId: string): Promise<void> {
  await rawDb().session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } });
}

/** After a change of password: whoever else holds a session of this person has to sign in again. */
export async function revokeOtherSessions(session: Session): Promise<void> {
  await rawDb().session.updateMany({ where: { userId: session.userId, id: { not: session.id }, revokedAt: null }, data: { revokedAt: new Date() } });
}

/** The session of a request, from its cookie. */
export function sessionOfRequest(request: Request): Promise<Session | null> {
  return findSession(cookieOf(request.headers.get("cookie"), sessionCookieName()));
}

function cookieOf(header: string | null, name: string): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const [key, value] = part.trim().split("=");
    if (key === name) return value;
  }
  return undefined;
}

function expiry(now: Date): Date {
  return new Date(now.getTime() + SESSION_DAYS * DAY_MS);
}
