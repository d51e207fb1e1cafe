import type { z } from "zod";
import type { AuditEvent, Prisma } from "@/prisma/generated/client";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { holding } from "@/server/db/fold-case";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import type { ChainReport } from "@/server/audit/contract";
import { verifyAuditChain } from "@/server/audit-chain/service";
import type { AuditEventView, AuditFilter, listAuditInput } from "./contract";
import { withNames } from "./names";

interface Context {
  scope: Scope;
}

export async function listAuditEvents({ scope }: Context, { cursor, limit, ...filter }: z.output<typeof listAuditInput>) {
  const rows = await scope.db.auditEvent.findMany(await pageOf(scope.db, filter, cursor, limit));
  const page = pageFrom(rows, limit, (row) => ({ at: row.at, id: row.id }), toView);
  return { ...page, items: await withNames(scope.db, page.items) };
}

/** What is the organization's and no workspace's: its people, groups, roles, workspaces, and how it signs people in. */
export async function listOrganizationAuditEvents({ organization }: { organization: OrganizationScope }, { cursor, limit, ...filter }: z.output<typeof listAuditInput>) {
  const { where, ...order } = await pageOf(organization.db, filter, cursor, limit);
  const rows = await organization.db.auditEvent.findMany({ where: { AND: [where, { workspaceId: null }] }, ...order });
  return pageFrom(rows, limit, (row) => ({ at: row.at, id: row.id }), toView);
}

/** What belongs to no organization: sign-ins, and what platform administrators do. */
export async function listPlatformAuditEvents({ cursor, limit, ...filter }: z.output<typeof listAuditInput>) {
  const { where, ...order } = await pageOf(rawDb(), filter, cursor, limit);
  const rows = await rawDb().auditEvent.findMany({ where: { AND: [where, { organizationId: null, workspaceId: null }] }, ...order });
  return pageFrom(rows, limit, (row) => ({ at: row.at, id: row.id }), toView);
}

async function pageOf(tx: Pick<Tx, "$queryRaw">, filter: AuditFilter, cursor: string | undefined, limit: number) {
  return {
    where: { AND: [await whereOf(tx, filter), after("at", decodePlace(cursor))] },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit + 1,
  } satisfies Prisma.AuditEventFindManyArgs;
}

async function whereOf(tx: Pick<Tx, "$queryRaw">, { action, actor, actorId, resourceType, resourceId, resource, ip, requestId, from, to }: AuditFilter): Promise<Prisma.AuditEventWhereInput> {
  return {
    actorId,
    resourceType,
    resourceId,
    ip,
    requestId,
    action: action === undefined || action.includes(".") ? action : { startsWith: `${action}.` },
    actorName: actor === undefined ? undefined : await holding(tx, "audit_event", "actor_name", actor),
    resourceName: resource === undefined ? undefined : await holding(tx, "audit_event", "resource_name", resource),
    at: { gte: from, lt: to },
  };
}

/** The chain is the whole organization's; what it tells is numbers of events, not what they say. */
export function verifyChainOf({ scope }: Context): Promise<ChainReport> {
  return verifyAuditChain(scope.organizationId);
}

function toView(row: AuditEvent): AuditEventView {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actorType as AuditEventView["actor"]["type"], id: row.actorId, name: row.actorName },
    action: row.action,
    resource: row.resourceType === null ? null : { type: row.resourceType, id: row.resourceId, name: row.resourceName },
    before: row.before,
    after: row.after,
    ip: row.ip,
    userAgent: row.userAgent,
    requestId: row.requestId,
    chainSeq: row.chainSeq === null ? null : Number(row.chainSeq),
  };
}
