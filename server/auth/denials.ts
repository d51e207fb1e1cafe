import { validate } from "uuid";
import type { AuditSource } from "@/server/audit/contract";
import { recordByHour } from "@/server/audit/service";
import { DomainError } from "@/server/errors/domain-error";

/** What `work` answers. What it refuses for want of a right stands in the audit log, once per hour, actor and permission. */
export async function recordingDenials<Answer>(source: AuditSource, work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    await recordDenial(source, error);
    throw error;
  }
}

/** For where an error leaves; every other than a denial is passed over. */
export async function recordDenial(source: AuditSource, error: unknown): Promise<void> {
  const denied = deniedBy(error);
  const { id } = source.actor;
  if (denied === null || id === null || !validate(id)) return;
  await recordByHour(source, { of: id, key: `${denied} ${source.workspaceId ?? ""} ` }, { action: "access.denied", resource: { type: "permission", id: denied, name: denied } });
}

function deniedBy(error: unknown): string | null {
  if (DomainError.is(error, "forbidden")) return error.data.permission;
  return DomainError.is(error, "locked") ? "locked" : null;
}
