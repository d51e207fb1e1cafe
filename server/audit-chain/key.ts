import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import { FIRST_HASH } from "@/server/audit/service";
import { newId } from "@/server/db/id";
import { type MasterSealedPlace, newKey, openForPerson, sealForPerson } from "@/server/secrets/service";

const BINDING = "audit key";
type Client = Pick<pg.ClientBase, "query">;

/** One for the installation. What was signed with it stays signed when the master key is changed. */
export const SEALED_AUDIT_KEY: MasterSealedPlace = { table: "audit_key", id: "id", sealed: "sealed", binding: () => BINDING };

export interface AuditKey {
  key: Uint8Array;
  madeAt: Date;
  /** Signs how far all chains go. */
  mark: Uint8Array;
}

/** Where what is there of a chain begins and ends. */
export interface ChainEnds {
  seq: string;
  hash: Uint8Array;
  startSeq: string;
  startHash: Uint8Array;
}

export interface SignedEnds extends ChainEnds {
  /** Null: not signed. */
  mark: Uint8Array | null;
}

export const ENDS_SQL = 'seq::text as seq, hash, start_seq::text as "startSeq", start_hash as "startHash", mark';

export const NO_ENDS: SignedEnds = { seq: "0", hash: FIRST_HASH, startSeq: "0", startHash: FIRST_HASH, mark: null };

/** What it is called where people compare it. */
export function fingerprintOf({ key }: Pick<AuditKey, "key">): string {
  return createHash("sha256").update("millrace audit key\n").update(key).digest("hex").slice(0, 16);
}

export function markOf({ key }: Pick<AuditKey, "key">, chain: string, { seq, hash, startSeq, startHash }: ChainEnds): Buffer {
  return createHmac("sha256", key).update(`millrace audit chain\n${chain}\n${startSeq}\n${seq}\n`).update(startHash).update(hash).digest();
}

/** A chain that has no end yet needs none: that it once had one, the mark of all chains shows. */
export function isSigned(key: AuditKey, chain: string, ends: SignedEnds): boolean {
  return ends.seq === "0" || isSame(ends.mark, markOf(key, chain, ends));
}

/** The mark for ends that follow upon `before`: one of chance, which fits none, where those were not signed, as what somebody wrote behind Millrace's back is not signed by what comes after it. */
export function markAfter(key: AuditKey, chain: string, before: SignedEnds, ends: ChainEnds): Buffer {
  return isSigned(key, chain, before) ? markOf(key, chain, ends) : randomBytes(32);
}

function isSame(mark: Uint8Array | null, expected: Buffer): boolean {
  return mark !== null && mark.length === expected.length && timingSafeEqual(mark, expected);
}

async function markOfAll(client: Client, { key }: Pick<AuditKey, "key">): Promise<Buffer> {
  const { rows } = await client.query<{ all: string }>(String.raw`select coalesce(string_agg(id::text || ' ' || seq, E'\n' order by id), '') as all from audit_chain where seq > 0`);
  return createHmac("sha256", key).update(`millrace audit chains\n${rows[0]!.all}`).digest();
}

/** Whether each chain goes as far as it did when one was last sealed. */
export async function goesAsFar(client: Client, key: AuditKey): Promise<boolean> {
  return isSame(key.mark, await markOfAll(client, key));
}

export async function signAll(client: Client, key: AuditKey, hadAll: boolean): Promise<void> {
  await client.query("update audit_key set mark = $1", [hadAll ? await markOfAll(client, key) : randomBytes(32)]);
}

export async function findKey(client: Client): Promise<AuditKey | null> {
  const { rows } = await client.query<{ sealed: Buffer; masterKeyId: string; madeAt: Date; mark: Buffer }>('select sealed, master_key_id as "masterKeyId", made_at as "madeAt", mark from audit_key');
  const [row] = rows;
  return row === undefined ? null : { key: openForPerson(row, BINDING), madeAt: row.madeAt, mark: row.mark };
}

/** By whoever holds the sealer's lock. All ends that there are then are taken as they are; later nobody signs one that was not. */
export async function makeKey(client: Client): Promise<AuditKey> {
  const key = newKey();
  const { rows } = await client.query<SignedEnds & { id: string }>(`select id::text as id, ${ENDS_SQL} from audit_chain where seq > 0 order by id for update`);
  for (const { id, ...ends } of rows) await client.query("update audit_chain set mark = $2 where id = $1", [id, markOf({ key }, id, ends)]);
  const { sealed, masterKeyId } = sealForPerson(key, BINDING);
  const made: AuditKey = { key, madeAt: new Date(), mark: await markOfAll(client, { key }) };
  await client.query("insert into audit_key (id, sealed, master_key_id, made_at, mark) values ($1, $2, $3, $4, $5)", [newId(), sealed, masterKeyId, made.madeAt, made.mark]);
  return made;
}
