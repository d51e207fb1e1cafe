import type { AuditEntry, RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import type { Tx } from "@/server/db/scoped";

/** The person whose access it is about. */
export interface Person {
  id: string;
  email: string;
  name: string | null;
}

/** Access belongs to a person, not to a workspace: it stands in the installation's own chain. */
export async function recordAccess(tx: Tx, person: Person, entry: AuditEntry, origin: { [Key in keyof RequestOrigin]?: RequestOrigin[Key] | undefined } = {}): Promise<void> {
  const { ip = null, userAgent = null, requestId = null } = origin;
  const actor = { type: "user", id: person.id, name: person.name ?? person.email, userId: person.id } as const;
  await recordAudit(tx, { organizationId: null, workspaceId: null, actor, origin: { ip, userAgent, requestId } }, entry);
}
