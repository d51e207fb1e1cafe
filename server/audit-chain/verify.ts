import type pg from "pg";
import { AUDIT_REMOVED, type ChainProblem, type ChainReport, type ChainSignature } from "@/server/audit/contract";
import { chainHash, CONTENT_SQL, ofChain, PLATFORM_CHAIN } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { MasterKeyMismatch, SealBroken } from "@/server/secrets/service";
import { type AuditKey, type ChainEnds, ENDS_SQL, findKey, fingerprintOf, goesAsFar, isSigned, NO_ENDS, type SignedEnds } from "./key";

export type Client = Pick<pg.ClientBase, "query">;

const PAGE = 5_000;

interface SealedRow {
  id: string;
  seq: string;
  hash: Buffer;
  content: (string | null)[];
}

/** Walks what is left of an organization's chain (null: the installation's own) and says where it breaks. All of it as it was at one moment. */
export async function verifyAuditChain(organizationId: string | null): Promise<ChainReport> {
  return inTransaction(sharedPool(), (client) => verifyWithin(client, organizationId), "begin isolation level repeatable read read only");
}

/** In a transaction that sees one moment. */
export async function verifyWithin(client: Client, organizationId: string | null): Promise<ChainReport> {
  const unsealed = await countUnsealed(client, organizationId);
  const ends = await readEnds(client, organizationId);
  const { key, signature, isChanged } = await readKey(client);
  const startSeq = BigInt(ends.startSeq);
  let previous = ends.startHash;
  let seq = startSeq;
  const report = (problem: ChainProblem | null): ChainReport => ({ events: Number(seq - startSeq), startSeq: Number(startSeq), unsealed, signature, problem });
  if (startSeq > 0n && !(await isExplained(client, organizationId, ends))) return report({ kind: "unexplained_start", seq: Number(startSeq) });
  for (let page = await readPage(client, organizationId, seq, ends); page.length > 0; page = await readPage(client, organizationId, seq, ends)) {
    for (const row of page) {
      if (BigInt(row.seq) !== seq + 1n) return report({ kind: "missing", seq: Number(seq + 1n) });
      const hash = chainHash(previous, seq + 1n, row.content);
      if (!hash.equals(row.hash)) return report({ kind: "altered", seq: Number(seq + 1n), eventId: row.id });
      previous = hash;
      seq += 1n;
      if (row.seq === ends.seq && !hash.equals(ends.hash)) return report({ kind: "altered", seq: Number(seq), eventId: row.id });
    }
  }
  if (BigInt(ends.seq) > seq) return report({ kind: "missing", seq: Number(seq + 1n) });
  const outside = await findOutside(client, organizationId, ends);
  if (outside !== null) return report({ kind: "outside", seq: Number(outside) });
  // Whoever owns the database can make a chain that holds, and its ends; not what signs them.
  if (isChanged) return report({ kind: "key_changed" });
  if (key !== null && !isSigned(key, organizationId ?? PLATFORM_CHAIN, ends)) return report({ kind: "unsigned", seq: Number(ends.seq) });
  if (key !== null && !(await goesAsFar(client, key))) return report({ kind: "set_back" });
  return report(null);
}

async function readKey(client: Client): Promise<{ key: AuditKey | null; signature: ChainSignature; isChanged: boolean }> {
  try {
    const key = await findKey(client);
    return { key, isChanged: false, signature: key === null ? { kind: "none" } : { kind: "signed", key: fingerprintOf(key), since: key.madeAt.toISOString() } };
  } catch (error) {
    if (error instanceof MasterKeyMismatch || error instanceof SealBroken) return { key: null, signature: { kind: "unreadable" }, isChanged: error instanceof SealBroken };
    throw error;
  }
}

export async function readEnds(client: Client, organizationId: string | null): Promise<SignedEnds> {
  const { rows } = await client.query<SignedEnds>(`select ${ENDS_SQL} from audit_chain where id = $1`, [organizationId ?? PLATFORM_CHAIN]);
  return rows[0] ?? NO_ENDS;
}

/** What has a place in the chain where the chain has none: it belongs to nothing that was sealed. */
async function findOutside(client: Client, organizationId: string | null, { seq, startSeq }: ChainEnds): Promise<string | null> {
  const { rows } = await client.query<{ seq: string | null }>(
    `select least((select min(chain_seq) from audit_event where ${ofChain(organizationId, "$1")} and chain_seq <= $2), (select min(chain_seq) from audit_event where ${ofChain(organizationId, "$1")} and chain_seq > $3)) as seq`,
    [organizationId, startSeq, seq],
  );
  return rows[0]?.seq ?? null;
}

/** An event that is in the chain itself, or about to be, names this very beginning. */
async function isExplained(client: Client, organizationId: string | null, { startSeq, startHash }: ChainEnds): Promise<boolean> {
  const { rows } = await client.query<{ explained: boolean }>(
    `select exists (select from audit_event where ${ofChain(organizationId, "$1")} and action = $2 and (chain_seq > $3 or chain_seq is null)
       and "after"->>'throughSeq' = $3::text and "after"->>'hash' = $4) as explained`,
    [organizationId, AUDIT_REMOVED, startSeq, Buffer.from(startHash).toString("hex")],
  );
  return rows[0]?.explained === true;
}

async function readPage(client: Client, organizationId: string | null, afterSeq: bigint, { seq }: ChainEnds): Promise<SealedRow[]> {
  const { rows } = await client.query<SealedRow>(
    `select id, chain_seq as seq, chain_hash as hash, ${CONTENT_SQL} as content from audit_event
     where ${ofChain(organizationId, "$1")} and chain_seq > $2 and chain_seq <= $3 order by chain_seq limit $4`,
    [organizationId, String(afterSeq), seq, PAGE],
  );
  return rows;
}

async function countUnsealed(client: Client, organizationId: string | null): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from audit_event where chain_seq is null and ${ofChain(organizationId, "$1")}`,
    [organizationId],
  );
  return rows[0]?.count ?? 0;
}
