import type pg from "pg";
import { AUDIT_REMOVED, type AuditSource } from "@/server/audit/contract";
import { chainHash, CONTENT_SQL, ofChain, PLATFORM_CHAIN, recordAuditWith } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { ENDS_SQL, findKey, isSigned, markOf, type SignedEnds } from "./key";

const EVENTS_PER_BATCH = 1_000;
/** In one turn of the scheduler; the next one goes on. */
const BATCHES_PER_TURN = 10;

interface Chain extends SignedEnds {
  id: string;
  keepDays: number;
}

const DUE = `select c.id::text as id from audit_chain c where c.keep_days is not null and c.seq > c.start_seq order by c.id`;

/** Removes what is older than its chain keeps, from the beginning on. Answers how many events that were. */
export async function removeOldAuditEvents(): Promise<number> {
  const { rows } = await sharedPool().query<{ id: string }>(DUE);
  let removed = 0;
  let failure: unknown;
  for (const { id } of rows) {
    try {
      removed += await removeOf(id);
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return removed;
}

async function removeOf(chainId: string): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < BATCHES_PER_TURN; batch += 1) {
    const count = await inTransaction(sharedPool(), (client) => removeBatch(client, chainId));
    removed += count;
    if (count < EVENTS_PER_BATCH) break;
  }
  return removed;
}

/** The chain's row is locked: neither the sealer nor a new stream comes between. */
async function removeBatch(client: pg.ClientBase, chainId: string): Promise<number> {
  const { rows: chains } = await client.query<Chain>(`select id::text as id, ${ENDS_SQL}, keep_days as "keepDays" from audit_chain where id = $1 and keep_days is not null for update`, [chainId]);
  const [chain] = chains;
  if (chain === undefined) return 0;
  const organizationId = chain.id === PLATFORM_CHAIN ? null : chain.id;
  const old = await findOld(client, organizationId, chain);
  const last = old.at(-1);
  // The notes of earlier removals alone would bring forth another one each time.
  if (last === undefined || old.every(({ action }) => action === AUDIT_REMOVED)) return 0;
  requireWhole(chain, old);
  const key = await findKey(client);
  if (key !== null && !isSigned(key, chain.id, chain)) throw new Error(`the ends of the audit chain ${chain.id} are not signed: nothing of it is removed`);
  await client.query("set local app.audit_retention = 'on'");
  await client.query(`delete from audit_event where ${ofChain(organizationId, "$1")} and chain_seq > $2 and chain_seq <= $3`, [organizationId, chain.startSeq, last.seq]);
  const mark = key === null ? null : markOf(key, chain.id, { ...chain, startSeq: last.seq, startHash: last.hash });
  await client.query("update audit_chain set start_seq = $2, start_hash = $3, mark = $4 where id = $1", [chainId, last.seq, last.hash, mark]);
  const source: AuditSource = { organizationId, workspaceId: null, actor: { type: "system", id: null, name: "Millrace" } };
  const after = { throughSeq: Number(last.seq), hash: last.hash.toString("hex"), events: old.length, keepDays: chain.keepDays };
  await recordAuditWith(client, source, { action: AUDIT_REMOVED, resource: { type: "audit_chain", id: chainId }, after });
  return old.length;
}

/** Removal must not be what hides that somebody was at the chain. */
function requireWhole({ id, startSeq, startHash }: Chain, events: readonly OldEvent[]): void {
  let previous: Uint8Array = startHash;
  let seq = BigInt(startSeq);
  for (const event of events) {
    seq += 1n;
    if (BigInt(event.seq) !== seq || !chainHash(previous, seq, event.content).equals(event.hash)) throw new Error(`the audit chain ${id} is broken at entry ${seq}: nothing of it is removed`);
    previous = event.hash;
  }
}

interface OldEvent {
  seq: string;
  hash: Buffer;
  action: string;
  content: (string | null)[];
}

/** The old events at the beginning of the chain that no stream still has to deliver. */
async function findOld(client: pg.ClientBase, organizationId: string | null, { startSeq, keepDays }: Chain): Promise<OldEvent[]> {
  const { rows } = await client.query<OldEvent & { old: boolean }>(
    `select chain_seq as seq, chain_hash as hash, action, ${CONTENT_SQL} as content, at < clock_timestamp() - make_interval(days => $3) as old from audit_event
     where ${ofChain(organizationId, "$1")} and chain_seq > $2
       and chain_seq <= coalesce((select min(delivered_seq) from audit_stream where ${ofChain(organizationId, "$1")}), 9223372036854775807)
     order by chain_seq limit $4`,
    [organizationId, startSeq, keepDays, EVENTS_PER_BATCH],
  );
  const end = rows.findIndex(({ old }) => !old);
  return end < 0 ? rows : rows.slice(0, end);
}
