import { v5 } from "uuid";
import type { ShareLink } from "@/prisma/generated/client";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { findAccess } from "@/server/auth/access";
import { allows, rightsNow } from "@/server/auth/acting/current-rights";
import { hashToken } from "@/server/auth/one-time-token";
import type { Permission } from "@/server/auth/permissions";
import { openSystemScope, openUserScope } from "@/server/auth/scope";
import type { Session } from "@/server/auth/session";
import { rawDb } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { hasEnded } from "@/server/tokens/service";
import { findWorkflow, namesOfPeople } from "@/server/workflows/service";
import type { SharedWorkflow } from "./contract";
import { hideCredentials } from "./hide-credentials";

const SHOWN_RUNS = 10;
const HOUR_MS = 3_600_000;

/**
 * For a signed-in member of the link's organization, whatever workspaces are theirs. To everybody else, and once it is
 * revoked or has run out, the link is as unknown as one that never was.
 */
export async function viewShare(session: Pick<Session, "userId" | "name" | "email">, token: string, origin: RequestOrigin): Promise<SharedWorkflow> {
  const { userId } = session;
  const link = await rawDb().shareLink.findFirst({
    where: { tokenHash: new Uint8Array(hashToken(token)), revokedAt: null, expiresAt: { gt: new Date() } },
  });
  const nearness = link === null ? null : await nearnessOf(userId, link.workspaceId);
  if (link === null || nearness === null || !(await isStillShared(link))) throw new DomainError("not_found", { what: "link" });
  const scope = await openSystemScope(link.workspaceId, { type: "user", id: userId, name: session.name ?? session.email, userId }, ["workflow:read"], origin);
  return scope.db.transaction(async (tx) => {
    const workflow = await findWorkflow(tx, link.workflowId);
    const { name, description, publishedVersionId, publishedAt } = workflow;
    const version = publishedVersionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: publishedVersionId }, select: { number: true, definition: true } });
    const resource = { type: "workflow", id: workflow.id, name };
    // Once an hour for each person and link: reading is not a deed of its own.
    const id = v5(`share.viewed ${userId} ${Math.floor(Date.now() / HOUR_MS)}`, link.id);
    await recordAudit(tx, scope, { id, action: "workflow.share_viewed", resource, after: { shareId: link.id } });
    await tx.shareLink.update({ where: { id: link.id }, data: { lastViewedAt: new Date() } });
    return {
      name, description,
      workspaceName: scope.workspace.name,
      sharedBy: link.createdById === null ? null : ((await namesOfPeople(tx, [link.createdById])).get(link.createdById) ?? null),
      expiresAt: link.expiresAt.toISOString(),
      archived: workflow.archivedAt !== null,
      href: nearness === "workspace" ? `/${scope.workspace.slug}/workflows/${workflow.id}` : null,
      published: version === null || publishedAt === null ? null : { number: version.number ?? 0, publishedAt: publishedAt.toISOString(), definition: hideCredentials(version.definition) },
      draft: { updatedAt: workflow.updatedAt.toISOString(), definition: hideCredentials(workflow.draft) },
      runs: link.showsRuns ? await latestRuns(tx, workflow.id) : null,
    };
  });
}

type Made = Pick<ShareLink, "createdById" | "madeByType" | "madeById" | "madeByTokenId" | "workspaceId" | "workflowId">;

/** A link shows what whoever made it may share now: of somebody who was removed, switched off or given less it shows nothing, nor of a token that has ended. In an archive nobody shares, and seeing is enough. */
async function isStillShared({ createdById, madeByType, madeById, madeByTokenId, workspaceId, workflowId }: Made): Promise<boolean> {
  if (madeByTokenId !== null && (await hasEnded(await openSystemScope(workspaceId), madeByTokenId))) return false;
  const open = { archivedAt: null };
  const isOpen = (await rawDb().workspace.count({ where: { id: workspaceId, ...open, organization: open } })) > 0;
  const permission = isOpen ? "workflow:write" : "workflow:read";
  if (createdById !== null) return maySee(createdById, workspaceId, permission, workflowId);
  if (madeById === null) return true;
  const now = await rightsNow(workspaceId, { type: madeByType as "service_account" | "issuer", id: madeById });
  return now !== null && (now.rights === "all" || allows(workspaceId, [now.rights], { permission, at: { workflowId } }));
}

async function maySee(userId: string, workspaceId: string, permission: Permission, workflowId: string): Promise<boolean> {
  try {
    const { db } = (await openUserScope(userId, { id: workspaceId })).for(permission);
    return (await db.workflow.count({ where: { id: workflowId } })) > 0;
  } catch (error) {
    if (DomainError.is(error, "forbidden") || DomainError.is(error, "not_found")) return false;
    throw error;
  }
}

/** Whether the person is in that workspace, or in its organization. */
async function nearnessOf(userId: string, workspaceId: string): Promise<"workspace" | "organization" | null> {
  if ((await findAccess(userId, { id: workspaceId })) !== null) return "workspace";
  const member = { members: { some: { userId, user: { disabledAt: null } } } };
  return (await rawDb().workspace.count({ where: { id: workspaceId, deletedAt: null, organization: { deletedAt: null, ...member } } })) > 0 ? "organization" : null;
}

/** Status and times alone. */
async function latestRuns(tx: Tx, workflowId: string): Promise<SharedWorkflow["runs"]> {
  const rows = await tx.$queryRaw<{ status: string; createdAt: Date; startedAt: Date | null; finishedAt: Date | null }[]>`
    select coalesce(q.state, r.status) as status, r.created_at as "createdAt", coalesce(q.started_at, r.started_at) as "startedAt", r.finished_at as "finishedAt"
    from run r left join run_queue q on q.run_id = r.id
    where r.workspace_id = current_workspace_id() and r.workflow_id = ${workflowId}::uuid and r.mode = 'production'
    order by r.created_at desc, r.id desc limit ${SHOWN_RUNS}`;
  return rows.map(({ status, createdAt, startedAt, finishedAt }) => ({ status, createdAt: createdAt.toISOString(), startedAt: startedAt?.toISOString() ?? null, finishedAt: finishedAt?.toISOString() ?? null }));
}
