import type { RequestOrigin } from "@/server/audit/contract";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { rawDb } from "@/server/db/client";
import { type Access, accessFromJson } from "./access";
import { recordAccess } from "./access-audit";
import type { OwnSignInMethod } from "./constants";
import { hashToken, newToken } from "./one-time-token";
import { requireOurPages } from "./same-origin";
import { sessionTokenOf } from "./session-cookie";
import { expiryOf, type LifetimePolicy } from "./session-lifetime";
import { readSession, type SessionRow } from "./session-row";
import { type Stage, stageOf } from "./session-stage";

/** `invitation`: by joining, which no organization takes for a sign-in. */
export type SignInMethod = OwnSignInMethod | "sso" | "invitation";

/** A person who signed in. Looked up at every request: revoking the row ends the session at once. */
export interface Session {
  id: string;
  userId: string;
  email: string;
  name: string;
  stage: Stage;
  method: string;
  ssoOrganizationId: string | null;
  authenticatedAt: Date;
  secondFactorAt: Date | null;
  /** What they have in the workspace that the request names; it was looked up with the session. */
  access?: { slug: string; found: Access | null };
}

/** How somebody proved who they are. */
export interface Proof {
  method: SignInMethod;
  /** Something beside the first proof was shown, or the proof is worth two. */
  secondFactor?: boolean;
  ssoOrganizationId?: string;
}

export type Origin = Partial<RequestOrigin>;

/** How old "last seen" may become before it is written again; also when the session is prolonged. */
const TOUCH_AFTER_MS = 60_000;
const AGENT_MAX_CHARACTERS = 500;
const ASKS_NOTHING: LifetimePolicy = { idleMinutes: null, maxMinutes: null };

export async function createSession(userId: string, origin: Origin = {}, proof: Proof = { method: "password" }): Promise<string> {
  const { token, hash } = newToken();
  const now = new Date();
  const id = newId();
  const { method, secondFactor = false, ssoOrganizationId = null } = proof;
  await rawDb().$transaction(async (tx) => {
    await tx.session.create({
      data: {
        id, userId, method, ssoOrganizationId,
        tokenHash: new Uint8Array(hash),
        createdAt: now,
        authenticatedAt: now,
        secondFactorAt: secondFactor ? now : null,
        expiresAt: expiryOf(now, now, ASKS_NOTHING),
        ip: origin.ip ?? null,
        userAgent: origin.userAgent?.slice(0, AGENT_MAX_CHARACTERS) ?? null,
      },
    });
    const person = await tx.user.update({ where: { id: userId }, data: { lastSeenAt: now } });
    await recordAccess(tx, person, { action: "session.started", resource: { type: "session", id }, after: { method, secondFactor } }, origin);
  });
  return token;
}

/** Of a person who may act. */
export async function findSession(token: string | undefined): Promise<Session | null> {
  const session = await findAnySession(token);
  return session?.stage === "full" ? session : null;
}

/** Also of a person who has not come so far yet. With their access to the workspace of a slug, if one is named. */
export async function findAnySession(token: string | undefined, workspace: string | null = null): Promise<Session | null> {
  if (token === undefined || token === "") return null;
  const row = await readSession(hashToken(token), workspace);
  if (row === null) return null;
  const now = new Date();
  if (now >= expiryOf(row.createdAt, row.lastSeenAt, row)) return null;
  if (now.getTime() - row.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
    await rawDb().session.updateMany({ where: { id: row.id, revokedAt: null }, data: { lastSeenAt: now, expiresAt: expiryOf(row.createdAt, now, row) } });
  }
  const session = sessionOf(row);
  return workspace === null ? session : { ...session, access: { slug: workspace, found: accessFromJson(row.access ?? null, row) } };
}

function sessionOf(row: SessionRow): Session {
  const { id, userId, email, name, method, ssoOrganizationId, authenticatedAt, secondFactorAt } = row;
  return { id, userId, email, name, method, ssoOrganizationId, authenticatedAt, secondFactorAt, stage: stageOf(row) };
}

/** The same sign-in under a new secret: whoever knew the old one holds nothing. For everything that makes a session mightier. */
export async function rotateSession(tx: Tx, sessionId: string, proof: { authenticatedAt?: Date; secondFactorAt?: Date; method?: SignInMethod } = {}): Promise<string> {
  const { token, hash } = newToken();
  await tx.session.update({ where: { id: sessionId, revokedAt: null }, data: { tokenHash: new Uint8Array(hash), ...proof } });
  return token;
}

export async function revokeSession(sessionId: string, origin: Origin): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } });
    if (count === 0) return;
    const { user } = await tx.session.findUniqueOrThrow({ where: { id: sessionId }, include: { user: true } });
    await recordAccess(tx, user, { action: "session.ended", resource: { type: "session", id: sessionId } }, origin);
  });
}

/** After a change of password: whoever else holds a session of this person has to sign in again. */
export async function revokeOtherSessions(tx: Tx, session: Pick<Session, "id" | "userId">): Promise<number> {
  const { count } = await tx.session.updateMany({ where: { userId: session.userId, id: { not: session.id }, revokedAt: null }, data: { revokedAt: new Date() } });
  return count;
}

/** The session of a request, from its cookie; whatever stage it is in. */
export async function anySessionOfRequest(request: Pick<Request, "headers" | "method">, workspace: string | null = null): Promise<Session | null> {
  const token = sessionTokenOf(request.headers);
  if (token !== undefined) requireOurPages(request);
  return findAnySession(token, workspace);
}

export async function sessionOfRequest(request: Pick<Request, "headers" | "method">): Promise<Session | null> {
  const session = await anySessionOfRequest(request);
  return session?.stage === "full" ? session : null;
}
