import type pg from "pg";
import type { AuditSource } from "@/server/audit/contract";
import { chainHash, CONTENT_SQL, PLATFORM_CHAIN, recordAuditWith, type SealableEvent } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { MasterKeyMismatch, SealBroken } from "@/server/secrets/service";
import { type AuditKey, ENDS_SQL, findKey, fingerprintOf, goesAsFar, makeKey, markAfter, NO_ENDS, signAll, type SignedEnds } from "./key";

/** One sealer at a time in the whole installation. */
export const SEALER_LOCK = 72_707_370;
const BATCH = 1_000;

interface UnsealedEvent extends SealableEvent {
  chain: string;
}

/**
 * Puts what was recorded since last time at the end of its organization's chain; answers how many events that were.
 * The order is that of sealing: an event whose transaction was slow comes behind a later one that was quick.
 */
export async function sealAuditEvents(): Promise<number> {
  return inTransaction(sharedPool(), async (client) => {
    const { rows: locks } = await client.query<{ locked: boolean }>("select pg_try_advisory_xact_lock($1) as locked", [SEALER_LOCK]);
    if (locks[0]?.locked !== true) return 0;
    const key = (await findKey(client).catch(sayWayOut)) ?? (await makeFirstKey(client));
    const events = await unsealedEvents(client);
    if (events.length === 0) return 0;
    const hadAll = await goesAsFar(client, key);
    for (const chain of new Set(events.map((event) => event.chain))) {
      await extendChain(client, key, chain, events.filter((event) => event.chain === chain));
    }
    await signAll(client, key, hadAll);
    return events.length;
  });
}

/** A second one stands in the log, too: whoever takes the key away has the ends signed anew, and not unseen. */
async function makeFirstKey(client: pg.ClientBase): Promise<AuditKey> {
  const key = await makeKey(client);
  const source: AuditSource = { organizationId: null, workspaceId: null, actor: { type: "system", id: null, name: "Millrace" } };
  await recordAuditWith(client, source, { action: "audit.key_made", after: { key: fingerprintOf(key) } });
  return key;
}

/** Who has not the key must not seal without it: another process may have it, and would find ends that nobody signed. */
function sayWayOut(error: unknown): never {
  if (error instanceof MasterKeyMismatch || error instanceof SealBroken) throw new Error(`The key that signs the audit log does not open, and nothing is sealed until it does. ${error.message} Where nobody has it any more: millrace audit new-key`, { cause: error });
  throw error;
}

async function unsealedEvents(client: pg.ClientBase): Promise<UnsealedEvent[]> {
  const { rows } = await client.query<UnsealedEvent>(
    `select id, coalesce(organization_id, $1) as chain, ${CONTENT_SQL} as content
     from audit_event where chain_seq is null order by id limit $2`,
    [PLATFORM_CHAIN, BATCH],
  );
  return rows;
}

async function extendChain(client: pg.ClientBase, key: AuditKey, chain: string, events: readonly UnsealedEvent[]): Promise<void> {
  const before = await lockEnds(client, chain);
  let { seq, hash } = before;
  const sealed = events.map(({ id, content }) => {
    const next = BigInt(seq) + 1n;
    hash = chainHash(hash, next, content);
    seq = String(next);
    return { id, seq, hash };
  });
  await client.query(
    `update audit_event e set chain_seq = s.seq, chain_hash = s.hash, sealed_at = now()
     from unnest($1::uuid[], $2::bigint[], $3::bytea[]) s(id, seq, hash) where e.id = s.id`,
    [sealed.map(({ id }) => id), sealed.map((event) => event.seq), sealed.map((event) => event.hash)],
  );
  await client.query("update audit_chain set seq = $2, hash = $3, mark = $4, sealed_at = now() where id = $1", [chain, seq, hash, markAfter(key, chain, before, { ...before, seq, hash })]);
}

/** Retention, which signs another beginning, does not come between. */
async function lockEnds(client: pg.ClientBase, chain: string): Promise<SignedEnds> {
  await client.query("insert into audit_chain (id, hash) values ($1, $2) on conflict do nothing", [chain, NO_ENDS.hash]);
  const { rows } = await client.query<SignedEnds>(`select ${ENDS_SQL} from audit_chain where id = $1 for update`, [chain]);
  return rows[0]!;
}
