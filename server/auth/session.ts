import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { recordAccess } from "./access-audit";
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
  const id = newId();
  await rawDb().$transaction(async (tx) => {
    await tx.session.create({
      data: { id, userId, tokenHash: new Uint8Array(hash), expiresAt: expiry(now), ip: origin.ip ?? null, userAgent: origin.userAgent?.slice(0, 500) ?? null },
    });
    const person = await tx.user.update({ where: { id: userId }, data: { lastSeenAt: now } });
    await recordAccess(tx, person, { action: "session.started", resource: { type: "session", id } }, origin);
  });
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
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } });
    if (count === 0) return;
    const { user } = await tx.session.findUniqueOrThrow({ where: { id: sessionId }, include: { user: true } });
    await recordAccess(tx, user, { action: "session.ended", resource: { type: "session", id: sessionId } });
  });
}

/** After a change of password: whoever else holds a session of this person has to sign in again. */
export async function revokeOtherSessions(tx: Tx, session: Session): Promise<void> {
  await tx.session.updateMany({ where: { userId: session.userId, id: { not: session.id }, revokedAt: null }, data: { revokedAt: new Date() } });
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
