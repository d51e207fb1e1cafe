import type { ChainReport } from "@/server/audit/contract";
import { ofChain } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import type { SignedEnds } from "./key";
import { type Client, readEnds, verifyWithin } from "./verify";

/** How far a chain went when somebody noted it, out of reach of whoever has the database. */
export interface KnownEnd {
  seq: number;
  /** In hexadecimal digits. */
  hash: string;
}

/** `behind`: the chain does not go as far any more. `other`: what stands at that place is not what stood there. `removed`: retention took the place meanwhile. */
export type Difference = "behind" | "other" | "removed" | null;

/** Verifies a chain, and whether it still holds what is known of it: what the database cannot show of itself, that it, or its audit tables, were put back to an earlier state. */
export async function verifyAgainst(organizationId: string | null, known: KnownEnd | null): Promise<{ report: ChainReport; end: KnownEnd; difference: Difference }> {
  return inTransaction(sharedPool(), async (client) => {
    const report = await verifyWithin(client, organizationId);
    const ends = await readEnds(client, organizationId);
    return { report, end: { seq: Number(ends.seq), hash: hex(ends.hash) }, difference: known === null ? null : await differenceTo(client, organizationId, ends, known) };
  }, "begin isolation level repeatable read read only");
}

async function differenceTo(client: Client, organizationId: string | null, { seq, startSeq, startHash }: SignedEnds, known: KnownEnd): Promise<Difference> {
  if (known.seq > Number(seq)) return "behind";
  if (known.seq < Number(startSeq)) return "removed";
  const found = known.seq === Number(startSeq) ? hex(startHash) : await hashAt(client, organizationId, known.seq);
  return found === known.hash ? null : "other";
}

async function hashAt(client: Client, organizationId: string | null, seq: number): Promise<string | null> {
  const { rows: [row] } = await client.query<{ hash: Buffer }>(`select chain_hash as hash from audit_event where ${ofChain(organizationId, "$1")} and chain_seq = $2`, [organizationId, seq]);
  return row === undefined ? null : hex(row.hash);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
