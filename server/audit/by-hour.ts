import { v5 } from "uuid";
import { rawDb } from "@/server/db/client";
import type { AuditEntry, AuditSource } from "./contract";
import { auditValues, INSERT_AUDIT_EVENT } from "./insert";

const HOUR_MS = 3_600_000;

/** What comes again and again, as the use of a token: once per hour and `of`, which is an id, and `key`. */
export async function recordByHour(source: AuditSource, { of, key }: { of: string; key: string }, entry: AuditEntry): Promise<void> {
  const id = v5(`${entry.action} ${key}${Math.floor(Date.now() / HOUR_MS)}`, of);
  await rawDb().$executeRawUnsafe(INSERT_AUDIT_EVENT, ...auditValues(source, { ...entry, id }));
}
