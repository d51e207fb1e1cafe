import type pg from "pg";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import type { AuditEntry, AuditEventView, AuditSource, listAuditInput } from "./contract";
import { auditValues, INSERT_AUDIT_EVENT } from "./insert";
import type { z } from "zod";
import type { AuditEvent } from "@/prisma/generated/client";

export { sealAuditEvents } from "./sealer";
export { type ChainProblem, type ChainReport, verifyAuditChain } from "./verify";

/** Records a deed in the transaction of the deed: both are there afterwards, or neither. */
export async function recordAudit(tx: Tx, source: AuditSource, entry: AuditEntry): Promise<void> {
  await tx.$executeRawUnsafe(INSERT_AUDIT_EVENT, ...auditValues(source, entry));
}

/** The same for transactions of the plain driver (queue, worker). */
export async function recordAuditWith(client: Pick<pg.ClientBase, "query">, source: AuditSource, entry: AuditEntry): Promise<void> {
  await client.query(INSERT_AUDIT_EVENT, auditValues(source, entry));
}

export async function listAuditEvents({ scope }: { scope: Scope }, input: z.output<typeof listAuditInput>) {
  const rows = await scope.db.auditEvent.findMany({
    where: { action: input.action, resourceId: input.resourceId, ...after("at", decodePlace(input.cursor)) },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  return pageFrom(rows, input.limit, (row) => ({ at: row.at, id: row.id }), toView);
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
    sealed: row.chainSeq !== null,
  };
}
