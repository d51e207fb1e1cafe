import type pg from "pg";
import type { Tx } from "@/server/db/scoped";
import type { AuditEntry, AuditSource } from "./contract";
import { auditValues, INSERT_AUDIT_EVENT } from "./insert";

export { recordByHour } from "./by-hour";
export { chainHash, CONTENT_SQL, FIRST_HASH, ofChain, PLATFORM_CHAIN, type SealableEvent } from "./chain";

/** Records a deed in the transaction of the deed: both are there afterwards, or neither. */
export async function recordAudit(tx: Tx, source: AuditSource, entry: AuditEntry): Promise<void> {
  await tx.$executeRawUnsafe(INSERT_AUDIT_EVENT, ...auditValues(source, entry));
}

/** The same for transactions of the plain driver (queue, worker). */
export async function recordAuditWith(client: Pick<pg.ClientBase, "query">, source: AuditSource, entry: AuditEntry): Promise<void> {
  await client.query(INSERT_AUDIT_EVENT, auditValues(source, entry));
}
