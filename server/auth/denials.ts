import { v5, validate } from "uuid";
import type { AuditSource } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";

const HOUR_MS = 3_600_000;

/** What `decide` answers. A refusal for want of a permission stands in the audit log, once per hour, actor and permission. */
export async function recordingDenials<Answer>(source: AuditSource, decide: () => Answer): Promise<Answer> {
  try {
    return decide();
  } catch (error) {
    if (DomainError.is(error, "forbidden")) await recordDenial(source, error.data.permission);
    throw error;
  }
}

async function recordDenial(source: AuditSource, permission: string): Promise<void> {
  const { id } = source.actor;
  if (id === null || !validate(id)) return;
  const hour = Math.floor(Date.now() / HOUR_MS);
  await recordAudit(rawDb(), source, { id: v5(`access.denied ${permission} ${source.workspaceId ?? ""} ${hour}`, id), action: "access.denied", resource: { type: "permission", id: permission, name: permission } });
}
