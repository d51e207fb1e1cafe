import { createHash } from "node:crypto";

/** Chain of the events that belong to no organization. */
export const PLATFORM_CHAIN = "00000000-0000-0000-0000-000000000000";

export const FIRST_HASH: Uint8Array = new Uint8Array(32);

/** An event as it enters the hash: every column as text, as PostgreSQL writes it. */
export interface SealableEvent {
  id: string;
  content: (string | null)[];
}

/** Columns in the order of the hash. A new column goes to the end, and only when it is not null, so that old seals stay true. */
export const SEALED_COLUMNS = [
  "id", "organization_id", "workspace_id", "actor_type", "actor_id", "actor_name", "action",
  "resource_type", "resource_id", "resource_name", "before", "after", "ip", "user_agent", "request_id",
] as const;

/** SQL of the array that `content` is read from; the moment is written in UTC whatever the session's zone. */
export const CONTENT_SQL = `array[${SEALED_COLUMNS.map((column) => `"${column}"::text`).join(", ")},
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')]`;

/** SQL that finds the events of a chain by its index, which `is not distinct from` would not; `parameter` is the organization's id. */
export function ofChain(organizationId: string | null, parameter: string): string {
  return organizationId === null ? `organization_id is null and ${parameter}::uuid is null` : `organization_id = ${parameter}::uuid`;
}

/** Hash over the hash before, the place in the chain and the event. */
export function chainHash(previous: Uint8Array, seq: bigint, content: readonly (string | null)[]): Buffer {
  return createHash("sha256").update(previous).update(`\n${seq}\n`).update(JSON.stringify(content)).digest();
}
