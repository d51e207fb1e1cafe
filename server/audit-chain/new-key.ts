import { type AuditSource } from "@/server/audit/contract";
import { recordAuditWith } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { MasterKeyMismatch, SealBroken } from "@/server/secrets/service";
import { type AuditKey, findKey, fingerprintOf, makeKey } from "./key";
import { SEALER_LOCK } from "./sealer";

export interface ReplacedKey {
  /** Fingerprints. Before: null where there was none, or it does not open. */
  before: string | null;
  after: string;
}

/** The way out where the key was lost with its master key, or chains were found set back and looked into: takes all ends as they are, and says so in the installation's log. */
export async function replaceAuditKey(): Promise<ReplacedKey> {
  return inTransaction(sharedPool(), async (client) => {
    await client.query("select pg_advisory_xact_lock($1)", [SEALER_LOCK]);
    const old = await findKey(client).catch((error: unknown): AuditKey | null => {
      if (error instanceof MasterKeyMismatch || error instanceof SealBroken) return null;
      throw error;
    });
    await client.query("delete from audit_key");
    const replaced: ReplacedKey = { before: old && fingerprintOf(old), after: fingerprintOf(await makeKey(client)) };
    const source: AuditSource = { organizationId: null, workspaceId: null, actor: { type: "system", id: null, name: "Millrace" } };
    await recordAuditWith(client, source, { action: "audit.key_replaced", before: { key: replaced.before }, after: { key: replaced.after } });
    return replaced;
  });
}
