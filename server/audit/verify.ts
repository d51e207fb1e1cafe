import { sharedPool } from "@/server/db/client";
import type { ChainProblem, ChainReport } from "./contract";
import { chainHash, CONTENT_SQL, FIRST_HASH, PLATFORM_CHAIN } from "./chain";

const PAGE = 5_000;

interface SealedRow {
  id: string;
  seq: string;
  hash: Buffer;
  content: (string | null)[];
}

/** Walks an organization's chain (null: the installation's own) and says where it breaks. */
export async function verifyAuditChain(organizationId: string | null): Promise<ChainReport> {
  const unsealed = await countUnsealed(organizationId);
  let previous: Uint8Array = FIRST_HASH;
  let seq = 0n;
  const report = (problem: ChainProblem | null): ChainReport => ({ events: Number(seq), unsealed, problem });
  for (let page = await readPage(organizationId, seq); page.length > 0; page = await readPage(organizationId, seq)) {
    for (const row of page) {
      if (BigInt(row.seq) !== seq + 1n) return report({ kind: "missing", seq: Number(seq + 1n) });
      const hash = chainHash(previous, seq + 1n, row.content);
      if (!hash.equals(row.hash)) return report({ kind: "altered", seq: Number(seq + 1n), eventId: row.id });
      previous = hash;
      seq += 1n;
    }
  }
  const { rows } = await sharedPool().query<{ seq: string; hash: Buffer }>("select seq, hash from audit_chain where id = $1", [
    organizationId ?? PLATFORM_CHAIN,
  ]);
  const end = rows[0];
  if (end !== undefined && BigInt(end.seq) > seq) return report({ kind: "missing", seq: Number(seq + 1n) });
  return report(null);
}

async function readPage(organizationId: string | null, afterSeq: bigint): Promise<SealedRow[]> {
  const { rows } = await sharedPool().query<SealedRow>(
    `select id, chain_seq as seq, chain_hash as hash, ${CONTENT_SQL} as content from audit_event
     where organization_id is not distinct from $1 and chain_seq > $2 order by chain_seq limit $3`,
    [organizationId, String(afterSeq), PAGE],
  );
  return rows;
}

async function countUnsealed(organizationId: string | null): Promise<number> {
  const { rows } = await sharedPool().query<{ count: number }>(
    "select count(*)::int as count from audit_event where chain_seq is null and organization_id is not distinct from $1",
    [organizationId],
  );
  return rows[0]?.count ?? 0;
}
