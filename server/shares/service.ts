import type { z } from "zod";
import type { ShareLink } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { newToken } from "@/server/auth/one-time-token";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import { findWorkflow, namesOfPeople } from "@/server/workflows/service";
import type * as contract from "./contract";

export { viewShare } from "./view-share";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

const DAY_MS = 86_400_000;
/** More than a dialog can show; a person who reaches it is told. */
const SHARES_MAX = 100;

/** Links that were not revoked, newest first; those that have run out say so. */
export function listShares({ scope }: Context, { workflowId }: Input<typeof contract.listSharesInput>): Promise<contract.Share[]> {
  return scope.db.transaction(async (tx) => {
    await findWorkflow(tx, workflowId);
    const rows = await tx.shareLink.findMany({ where: { workflowId, revokedAt: null }, orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: SHARES_MAX });
    const names = await namesOfPeople(tx, rows.map(({ createdById }) => createdById));
    return rows.map((row) => toView(row, names));
  });
}

/** The answer holds the address; afterwards only the hash of its token is known. A lock keeps links from being made; taking one back is never hindered. */
export async function createShare({ scope }: Context, { workflowId, note, showsRuns, expiresInDays }: Input<typeof contract.createShareInput>): Promise<Input<typeof contract.createdShareSchema>> {
  const { token, hash } = newToken();
  const share = await scope.db.transaction(async (tx) => {
    const { name } = await findWorkflow(tx, workflowId);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    if ((await tx.shareLink.count({ where: { workflowId, revokedAt: null } })) >= SHARES_MAX) throw new DomainError("limit_reached", { what: "links to a workflow", limit: SHARES_MAX });
    const row = await tx.shareLink.create({
      data: {
        id: newId(), workspaceId: scope.workspaceId, workflowId, note, showsRuns,
        tokenHash: new Uint8Array(hash),
        ...makerOf(scope),
        expiresAt: new Date(Date.now() + expiresInDays * DAY_MS),
      },
    });
    await recordAudit(tx, scope, { action: "workflow.shared", resource: { type: "workflow", id: workflowId, name }, after: { shareId: row.id, note, showsRuns, expiresAt: row.expiresAt } });
    return toView(row, await namesOfPeople(tx, [row.createdById]));
  });
  return { share, url: `${env.MILLRACE_URL}/s/${token}` };
}

/** By whose rights it lives: those of a person, be it behind a program or a run, or of a program that is nobody's. */
function makerOf({ userId, actor, acting: { type, id } }: Scope) {
  const isProgram = userId === null && id !== null && (type === "service_account" || type === "issuer");
  return { createdById: userId ?? (type === "user" ? id : null), madeByType: isProgram ? type : null, madeById: isProgram ? id : null, madeByTokenId: actor.type === "token" ? actor.id : null };
}

export async function revokeShare({ scope }: Context, { shareId }: Input<typeof contract.shareRefInput>) {
  await scope.db.transaction(async (tx) => {
    const row = await tx.shareLink.findFirst({ where: { id: shareId, revokedAt: null }, include: { workflow: { select: { name: true } } } });
    if (row === null) throw new DomainError("not_found", { what: "link", id: shareId });
    await tx.shareLink.update({ where: { id: shareId }, data: { revokedAt: new Date() } });
    await recordAudit(tx, scope, { action: "workflow.share_revoked", resource: { type: "workflow", id: row.workflowId, name: row.workflow.name }, before: { shareId, note: row.note } });
  });
  return { ok: true as const };
}

function toView(row: ShareLink, names: ReadonlyMap<string, string>): contract.Share {
  const { id, note, showsRuns, createdById } = row;
  return {
    id, note, showsRuns,
    createdBy: createdById === null ? null : { id: createdById, name: names.get(createdById) ?? "somebody" },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastViewedAt: row.lastViewedAt?.toISOString() ?? null,
    expired: row.expiresAt.getTime() <= Date.now(),
  };
}
