import { AUDIT_REMOVED, type ChainProblem, type ChainReport, type ChainSignature } from "@/server/audit/contract";
import { chainHash, CONTENT_SQL, FIRST_HASH, ofChain, PLATFORM_CHAIN } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { MasterKeyMismatch } from "@/server/secrets/service";
import { type AuditKey, findKey, fingerprintOf, isSigned } from "./key";

const PAGE = 5_000;

interface SealedRow {
  id: string;
  seq: string;
  hash: Buffer;
  content: (string | null)[];
}

interface Ends {
  seq: string;
  hash: Buffer;
  mark: Buffer | null;
  startSeq: string;
  startHash: Buffer;
}

/** Walks what is left of an organization's chain (null: the installation's own) and says where it breaks. */
export async function verifyAuditChain(organizationId: string | null): Promise<ChainReport> {
  const unsealed = await countUnsealed(organizationId);
  const ends = await readEnds(organizationId);
  const { key, signature } = await readKey();
  const startSeq = BigInt(ends?.startSeq ?? 0);
  let previous: Uint8Array = ends?.startHash ?? FIRST_HASH;
  let seq = startSeq;
  const report = (problem: ChainProblem | null): ChainReport => ({ events: Number(seq - startSeq), startSeq: Number(startSeq), unsealed, signature, problem });
  if (ends !== null && startSeq > 0n && !(await isExplained(organizationId, ends))) return report({ kind: "unexplained_start", seq: Number(startSeq) });
  for (let page = await readPage(organizationId, seq); page.length > 0; page = await readPage(organizationId, seq)) {
    for (const row of page) {
      if (BigInt(row.seq) !== seq + 1n) return report({ kind: "missing", seq: Number(seq + 1n) });
      const hash = chainHash(previous, seq + 1n, row.content);
      if (!hash.equals(row.hash)) return report({ kind: "altered", seq: Number(seq + 1n), eventId: row.id });
      previous = hash;
      seq += 1n;
      if (ends !== null && seq === BigInt(ends.seq) && !hash.equals(ends.hash)) return report({ kind: "altered", seq: Number(seq), eventId: row.id });
    }
  }
  if (ends !== null && BigInt(ends.seq) > seq) return report({ kind: "missing", seq: Number(seq + 1n) });
  // Whoever owns the database can make a chain that holds, and its end; not what signs it.
  if (key !== null && ends !== null && !isSigned(key, organizationId ?? PLATFORM_CHAIN, { ...ends, seq: BigInt(ends.seq) })) return report({ kind: "unsigned", seq: Number(ends.seq) });
  return report(null);
}

async function readKey(): Promise<{ key: AuditKey | null; signature: ChainSignature }> {
  try {
    const key = await findKey(sharedPool());
    return { key, signature: key === null ? { kind: "none" } : { kind: "signed", key: fingerprintOf(key), since: key.madeAt.toISOString() } };
  } catch (error) {
    if (error instanceof MasterKeyMismatch) return { key: null, signature: { kind: "unreadable" } };
    throw error;
  }
}

async function readEnds(organizationId: string | null): Promise<Ends | null> {
  const { rows } = await sharedPool().query<Ends>('select seq, hash, mark, start_seq as "startSeq", start_hash as "startHash" from audit_chain where id = $1', [organizationId ?? PLATFORM_CHAIN]);
  return rows[0] ?? null;
}

/** An event that is in the chain itself, or about to be, names this very beginning. */
async function isExplained(organizationId: string | null, { startSeq, startHash }: Ends): Promise<boolean> {
  const { rows } = await sharedPool().query<{ explained: boolean }>(
    `select exists (select from audit_event where ${ofChain(organizationId, "$1")} and action = $2 and (chain_seq > $3 or chain_seq is null)
       and "after"->>'throughSeq' = $3::text and "after"->>'hash' = $4) as explained`,
    [organizationId, AUDIT_REMOVED, startSeq, startHash.toString("hex")],
  );
  return rows[0]?.explained === true;
}

async function readPage(organizationId: string | null, afterSeq: bigint): Promise<SealedRow[]> {
  const { rows } = await sharedPool().query<SealedRow>(
    `select id, chain_seq as seq, chain_hash as hash, ${CONTENT_SQL} as content from audit_event
     where ${ofChain(organizationId, "$1")} and chain_seq > $2 order by chain_seq limit $3`,
    [organizationId, String(afterSeq), PAGE],
  );
  return rows;
}

async function countUnsealed(organizationId: string | null): Promise<number> {
  const { rows } = await sharedPool().query<{ count: number }>(
    `select count(*)::int as count from audit_event where chain_seq is null and ${ofChain(organizationId, "$1")}`,
    [organizationId],
  );
  return rows[0]?.count ?? 0;
}
