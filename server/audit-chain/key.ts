import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import { newId } from "@/server/db/id";
import { type MasterSealedPlace, newKey, openForPerson, sealForPerson } from "@/server/secrets/service";

const BINDING = "audit key";

/** One for the installation. What was signed with it stays signed when the master key is changed. */
export const SEALED_AUDIT_KEY: MasterSealedPlace = { table: "audit_key", id: "id", sealed: "sealed", binding: () => BINDING };

export interface AuditKey {
  key: Uint8Array;
  madeAt: Date;
}

/** The last place of a chain that was sealed. */
export interface ChainEnd {
  seq: bigint;
  hash: Uint8Array;
  /** Null: not signed. */
  mark: Uint8Array | null;
}

/** What it is called where people compare it. */
export function fingerprintOf({ key }: AuditKey): string {
  return createHash("sha256").update("millrace audit key\n").update(key).digest("hex").slice(0, 16);
}

export function markOf({ key }: AuditKey, chain: string, { seq, hash }: Pick<ChainEnd, "seq" | "hash">): Buffer {
  return createHmac("sha256", key).update(`millrace audit end\n${chain}\n${seq}\n`).update(hash).digest();
}

/** A chain that has no end yet needs none. */
export function isSigned(key: AuditKey, chain: string, end: ChainEnd): boolean {
  if (end.seq === 0n) return true;
  const mark = markOf(key, chain, end);
  return end.mark !== null && end.mark.length === mark.length && timingSafeEqual(end.mark, mark);
}

export async function findKey(client: Pick<pg.ClientBase, "query">): Promise<AuditKey | null> {
  const { rows } = await client.query<{ sealed: Buffer; masterKeyId: string; madeAt: Date }>('select sealed, master_key_id as "masterKeyId", made_at as "madeAt" from audit_key');
  const [row] = rows;
  return row === undefined ? null : { key: openForPerson(row, BINDING), madeAt: row.madeAt };
}

/** Made once, by whoever holds the sealer's lock. All ends that there are then are taken as they are; later nobody signs one that was not. */
export async function findOrMakeKey(client: Pick<pg.ClientBase, "query">): Promise<AuditKey> {
  const found = await findKey(client);
  if (found !== null) return found;
  const made: AuditKey = { key: newKey(), madeAt: new Date() };
  const { sealed, masterKeyId } = sealForPerson(made.key, BINDING);
  await client.query("insert into audit_key (id, sealed, master_key_id, made_at) values ($1, $2, $3, $4)", [newId(), sealed, masterKeyId, made.madeAt]);
  const { rows } = await client.query<{ id: string; seq: string; hash: Buffer }>("select id::text as id, seq, hash from audit_chain where seq > 0 order by id for update");
  for (const { id, seq, hash } of rows) await client.query("update audit_chain set mark = $2 where id = $1", [id, markOf(made, id, { seq: BigInt(seq), hash })]);
  return made;
}
