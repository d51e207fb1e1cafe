import { newId } from "@/server/db/id";
import type { AuditEntry, AuditSource } from "./contract";

/** One statement for every driver. */
export const INSERT_AUDIT_EVENT = `
  insert into audit_event (id, organization_id, workspace_id, actor_type, actor_id, actor_name, action,
    resource_type, resource_id, resource_name, before, after, ip, user_agent, request_id)
  values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11::json, $12::json, $13, $14, $15)
  on conflict (id) do nothing`;

export function auditValues(source: AuditSource, entry: AuditEntry): unknown[] {
  const { actor, origin } = source;
  return [
    entry.id ?? newId(),
    source.organizationId,
    source.workspaceId,
    actor.type,
    actor.id,
    actor.name,
    entry.action,
    entry.resource?.type ?? null,
    entry.resource?.id ?? null,
    entry.resource?.name ?? null,
    entry.before === undefined ? null : JSON.stringify(entry.before),
    entry.after === undefined ? null : JSON.stringify(entry.after),
    origin?.ip ?? null,
    origin?.userAgent?.slice(0, 500) ?? null,
    origin?.requestId ?? null,
  ];
}
