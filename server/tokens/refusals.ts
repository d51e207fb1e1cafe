import { type AuditSource } from "@/server/audit/contract";
import { networkOf } from "@/server/auth/client-address";
import { recordByHour } from "@/server/audit/service";

/** Why something that is known opens nothing. */
export type Refusal = "revoked" | "expired" | "address" | "kind" | "holder" | "no_rights";

/** A known token that is refused is the moment at which a theft shows: once per hour, token, reason and network. The answer says nothing of it. */
export function recordRefusal(source: AuditSource, resource: { type: string; id: string; name: string }, reason: Refusal): Promise<void> {
  return recordByHour(source, { of: resource.id, key: `${reason} ${networkOf(source.origin?.ip ?? "")} ` }, { action: "token.refused", resource, after: { reason } });
}
