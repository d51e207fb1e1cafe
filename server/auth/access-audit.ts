import type { AuditEntry, RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import type { Tx } from "@/server/db/scoped";

/** The person whose access it is about. */
export interface Person {
  id: string;
  email: string;
  name: string | null;
}

/**
 * Access belongs to a person, not to a workspace: it stands in the installation's own chain, and once more in that of each organization
 * whose business it is.
 */
export async function recordAccess(tx: Tx, person: Person, entry: AuditEntry, origin: Partial<RequestOrigin>): Promise<void> {
  const { ip = null, userAgent = null, requestId = null } = origin;
  const actor = { type: "user", id: person.id, name: person.name ?? person.email, userId: person.id } as const;
  const source = { workspaceId: null, actor, origin: { ip, userAgent, requestId } };
  await recordAudit(tx, { ...source, organizationId: null }, entry);
  const shown = withoutElsewhere(entry, person);
  for (const organizationId of await organizationsOf(tx, person, entry.action.startsWith("sign_in."))) await recordAudit(tx, { ...source, organizationId }, shown);
}

/** Those that the person is in; what was refused, also the one that has proved the domain of the address. */
async function organizationsOf(tx: Tx, { id, email }: Person, isRefusal: boolean): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT o.id FROM organization o
    WHERE o.deleted_at IS NULL AND o.id IN (
      SELECT organization_id FROM organization_member WHERE user_id = ${id}::uuid
      UNION SELECT organization_id FROM sso_domain WHERE ${isRefusal} AND domain = split_part(lower(${email}), '@', 2) AND verified_at IS NOT NULL)
    ORDER BY o.id`;
  return rows.map((row) => row.id);
}

/** What somebody is called at other providers, those of other organizations too, and where their mail is to go one day, is theirs. */
function withoutElsewhere(entry: AuditEntry, person: Person): AuditEntry {
  const isElsewhere = entry.resource?.type === "linked_account" || entry.action === "email_change.requested";
  return isElsewhere ? { action: entry.action, resource: { type: "user", id: person.id } } : entry;
}
