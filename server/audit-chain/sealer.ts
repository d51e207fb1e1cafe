import { randomBytes } from "node:crypto";
import type pg from "pg";
import { chainHash, CONTENT_SQL, FIRST_HASH, PLATFORM_CHAIN, type SealableEvent } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { type AuditKey, type ChainEnd, findOrMakeKey, isSigned, markOf } from "./key";

/** One sealer at a time in the whole installation. */
const SEALER_LOCK = 72_707_370;
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
    const key = await findOrMakeKey(client);
    const events = await unsealedEvents(client);
    for (const chain of new Set(events.map((event) => event.chain))) {
      await extendChain(client, key, chain, events.filter((event) => event.chain === chain));
    }
    return events.length;
  });
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
  const before = await endOf(client, chain);
  let end: Pick<ChainEnd, "seq" | "hash"> = before;
  const sealed = events.map(({ id, content }) => {
    const seq = end.seq + 1n;
    end = { seq, hash: chainHash(end.hash, seq, content) };
    return { id, ...end };
  });
  await client.query(
    `update audit_event e set chain_seq = s.seq, chain_hash = s.hash, sealed_at = now()
     from unnest($1::uuid[], $2::bigint[], $3::bytea[]) s(id, seq, hash) where e.id = s.id`,
    [sealed.map(({ id }) => id), sealed.map(({ seq }) => String(seq)), sealed.map(({ hash }) => hash)],
  );
  // What somebody wrote behind Millrace's back is not signed by what comes after it: a mark of chance fits no end.
  const mark = isSigned(key, chain, before) ? markOf(key, chain, end) : randomBytes(32);
  await client.query(
    `insert into audit_chain (id, seq, hash, mark) values ($1, $2, $3, $4)
     on conflict (id) do update set seq = excluded.seq, hash = excluded.hash, mark = excluded.mark, sealed_at = now()`,
    [chain, String(end.seq), end.hash, mark],
  );
}

async function endOf(client: pg.ClientBase, chain: string): Promise<ChainEnd> {
  const { rows } = await client.query<{ seq: string; hash: Uint8Array; mark: Uint8Array | null }>("select seq, hash, mark from audit_chain where id = $1", [chain]);
  return rows[0] ? { ...rows[0], seq: BigInt(rows[0].seq) } : { seq: 0n, hash: FIRST_HASH, mark: null };
}
