import type { WaitLink } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { allows, rightsNow } from "@/server/auth/acting/current-rights";
import { openSystemScope, openUserScope, type Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { hasEnded } from "@/server/tokens/service";
import { refusalFor } from "./answers";
import type { OpenLink } from "./contract";
import { fourEyesRefusal } from "./four-eyes";
import { findWait, type WaitRow, workflowOfRun } from "./queries";

interface Context {
  scope: Scope;
}

/**
 * A link carries the right to answer on, so it takes that right, or an administrator's. Where several have to answer, only the latter. Whoever
 * may not answer because they started the run hands no link on either, least of all to themselves.
 */
export function requireRightToShare(tx: Tx, scope: Scope, wait: WaitRow): Promise<void> {
  return requireSharer(tx, wait, { userId: scope.userId, via: scope.actor.type === "token" ? "api" : "page", administers: scope.can("settings:write") });
}

async function requireSharer(tx: Tx, wait: WaitRow, { userId, via, administers }: { userId: string | null; via: "api" | "page"; administers: boolean }): Promise<void> {
  const excluded = await fourEyesRefusal(tx, wait, { userId, email: null, via });
  if (excluded !== null) throw new DomainError("forbidden", { permission: "wait:answer", reason: excluded });
  // Each of its links would be another answer, and nobody could say whose.
  if (userId === null && via === "api" && wait.requiredAnswers > 1) throw new DomainError("forbidden", { permission: "wait:answer", reason: "several people have to answer: a person makes links to that" });
  if (administers) return;
  const refusal = wait.requiredAnswers > 1 ? "several" : await refusalFor(tx, wait, { userId, via: "page" });
  if (refusal !== null) throw new DomainError("forbidden", { permission: "settings:write" });
}

type Made = Pick<WaitLink, "madeByUserId" | "madeByType" | "madeById" | "madeByTokenId" | "workspaceId" | "waitId">;

/** `user`: a step of that person's run made it. */
type Maker = { type: "service_account" | "issuer" | "user"; id: string };

/** Of an issuer it is known that it is trusted still; what its tokens may do, they alone say. */
async function requireProgram(who: Maker, workspaceId: string, waitId: string): Promise<void> {
  const now = await rightsNow(workspaceId, who);
  if (now === null) throw new DomainError("forbidden", { permission: "wait:answer" });
  const { db } = await openSystemScope(workspaceId);
  await db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const workflowId = await workflowOfRun(tx, wait.runId);
    const { rights } = now;
    if (rights !== "all" && !(await allows(workspaceId, [rights], { permission: "wait:answer", at: workflowId === null ? undefined : { workflowId } }))) throw new DomainError("forbidden", { permission: "wait:answer" });
    await requireSharer(tx, wait, { userId: null, via: "api", administers: rights === "all" || rights.permissions.has("settings:write") });
  });
}

/** A link is worth what its maker may do now: whoever was removed, switched off or given less answers by none that they kept, nor whoever came with a token that has ended. */
export async function isStillShared({ madeByUserId, madeByType, madeById, madeByTokenId, workspaceId, waitId }: Made): Promise<boolean> {
  if (madeByTokenId !== null && (await hasEnded(await openSystemScope(workspaceId), madeByTokenId))) return false;
  if (madeByUserId === null && (madeByType === null || madeById === null)) return true;
  return holds(madeByUserId === null ? requireProgram({ type: madeByType as Maker["type"], id: madeById! }, workspaceId, waitId) : requirePerson(madeByUserId, workspaceId, waitId));
}

async function requirePerson(userId: string, workspaceId: string, waitId: string): Promise<void> {
  const scope = (await openUserScope(userId, { id: workspaceId })).for("wait:answer");
  await scope.db.transaction(async (tx) => requireRightToShare(tx, scope, await findWait(tx, waitId)));
}

const isOwn = (scope: Scope, madeByUserId: string | null) => madeByUserId !== null && madeByUserId === scope.userId;

async function holds(check: Promise<void>): Promise<boolean> {
  try {
    await check;
    return true;
  } catch (error) {
    if (DomainError.is(error, "forbidden") || DomainError.is(error, "not_found")) return false;
    throw error;
  }
}

/** Of one approval: the links by which it can still be answered. */
export function listLinks({ scope }: Context, { waitId }: { waitId: string }): Promise<OpenLink[]> {
  return scope.db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const mayShare = await holds(requireRightToShare(tx, scope, wait));
    const rows = await tx.waitLink.findMany({ where: { waitId, usedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] }, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
    return rows.map(({ id, recipient, madeBy, madeByUserId, mailed, createdAt, expiresAt }) => ({ id, recipient: recipient ?? "", madeBy, mailed, mayRevoke: mayShare || isOwn(scope, madeByUserId), createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null }));
  });
}

/** Whoever made it takes it back, and whoever may make one. */
export async function revokeLink({ scope }: Context, { waitId, linkId }: { waitId: string; linkId: string }): Promise<{ ok: true }> {
  await scope.db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const link = await tx.waitLink.findFirst({ where: { id: linkId, waitId, usedAt: null } });
    if (link === null) throw new DomainError("not_found", { what: "link", id: linkId });
    if (!isOwn(scope, link.madeByUserId)) await requireRightToShare(tx, scope, wait);
    const { count } = await tx.waitLink.deleteMany({ where: { id: linkId, usedAt: null } });
    if (count === 0) throw new DomainError("not_found", { what: "link", id: linkId });
    await recordAudit(tx, scope, { action: "approval.link_revoked", resource: { type: "wait", id: waitId }, before: { recipient: link.recipient, madeBy: link.madeBy, runId: wait.runId, path: wait.path } });
  });
  return { ok: true };
}
