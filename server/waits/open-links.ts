import { recordAudit } from "@/server/audit/service";
import { openUserScope, type Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { refusalFor } from "./answers";
import type { OpenLink } from "./contract";
import { fourEyesRefusal } from "./four-eyes";
import { findWait, type WaitRow } from "./queries";

interface Context {
  scope: Scope;
}

/**
 * A link carries the right to answer on, so it takes that right, or an administrator's. Where several have to answer, only the latter. Whoever
 * may not answer because they started the run hands no link on either, least of all to themselves.
 */
export async function requireRightToShare(tx: Tx, scope: Scope, wait: WaitRow): Promise<void> {
  const excluded = await fourEyesRefusal(tx, wait, { userId: scope.userId, email: null, via: scope.actor.type === "token" ? "api" : "page" });
  if (excluded !== null) throw new DomainError("forbidden", { permission: "wait:answer", reason: excluded });
  if (scope.can("settings:write")) return;
  const refusal = wait.requiredAnswers > 1 ? "several" : await refusalFor(tx, wait, { userId: scope.userId, via: "page" });
  if (refusal !== null) throw new DomainError("forbidden", { permission: "settings:write" });
}

/** A link is worth what its maker may do now: whoever was removed, switched off or given less answers by none that they kept. */
export async function isStillShared({ madeByUserId, workspaceId, waitId }: { madeByUserId: string | null; workspaceId: string; waitId: string }): Promise<boolean> {
  if (madeByUserId === null) return true;
  try {
    const scope = (await openUserScope(madeByUserId, { id: workspaceId })).for("wait:answer");
    await scope.db.transaction(async (tx) => requireRightToShare(tx, scope, await findWait(tx, waitId)));
    return true;
  } catch (error) {
    if (DomainError.is(error, "forbidden") || DomainError.is(error, "not_found")) return false;
    throw error;
  }
}

/** Of one approval: the links by which it can still be answered. */
export function listLinks({ scope }: Context, { waitId }: { waitId: string }): Promise<OpenLink[]> {
  return scope.db.transaction(async (tx) => {
    await findWait(tx, waitId);
    const rows = await tx.waitLink.findMany({ where: { waitId, usedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] }, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
    return rows.map(({ id, recipient, madeBy, mailed, createdAt, expiresAt }) => ({ id, recipient: recipient ?? "", madeBy, mailed, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null }));
  });
}

/** Whoever made it takes it back, and whoever may make one. */
export async function revokeLink({ scope }: Context, { waitId, linkId }: { waitId: string; linkId: string }): Promise<{ ok: true }> {
  await scope.db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const link = await tx.waitLink.findFirst({ where: { id: linkId, waitId, usedAt: null } });
    if (link === null) throw new DomainError("not_found", { what: "link", id: linkId });
    if (link.madeByUserId === null || link.madeByUserId !== scope.userId) await requireRightToShare(tx, scope, wait);
    const { count } = await tx.waitLink.deleteMany({ where: { id: linkId, usedAt: null } });
    if (count === 0) throw new DomainError("not_found", { what: "link", id: linkId });
    await recordAudit(tx, scope, { action: "approval.link_revoked", resource: { type: "wait", id: waitId }, before: { recipient: link.recipient, madeBy: link.madeBy, runId: wait.runId, path: wait.path } });
  });
  return { ok: true };
}
