import type { Redis } from "ioredis";
import { z } from "zod";
import type { RedisConfig } from "./spec";

/** `last`: entries up to it are in the inbox, null where that cannot be told; `added`: how many its stream had ever been given by then, where the server counts them. */
const knownSchema = z.object({ place: z.string(), last: z.string().regex(/^\d+-\d+$/).nullable(), added: z.number().nullable() });
export type Known = z.output<typeof knownSchema>;

type Place = Pick<RedisConfig, "host" | "port" | "database" | "stream" | "group" | "from">;

/**
 * A group that is not there begins where the settings say. One that was there, and went with its stream or by itself, goes on after what
 * this trigger has read: `from: new` would pass over what came meanwhile, `from: beginning` read a long stream again. Of a stream that was
 * made anew, whose ids may be lower, it reads everything.
 */
export async function placeGroup(client: Redis, config: Place, checkpoint: unknown): Promise<Known> {
  const { host, port, database, stream, group, from } = config;
  const place = JSON.stringify([host, port, database, stream, group]);
  const noted = knownSchema.safeParse(checkpoint).data;
  const before = noted?.place === place && noted.last !== null ? { ...noted, last: noted.last } : null;
  const found = await infoOf(client, stream);
  const last = before === null ? (from === "new" ? (found === null ? NOTHING : (found.last ?? NEWEST)) : NOTHING) : isAnother(found, before) ? NOTHING : before.last;
  const isMade = await makeGroup(client, { stream, group }, last);
  // One that is there has its own place; what it still has pending is read from it.
  const isNoted = before !== null || (isMade && last !== NEWEST);
  return { place, last: isNoted ? last : await deliveredTo(client, { stream, group }), added: found?.added ?? null };
}

/** To be noted once entries up to `last` are in the inbox. */
export async function knownAfter(client: Redis, known: Known, stream: string, last: string): Promise<Known> {
  return { ...known, last, added: (await infoOf(client, stream))?.added ?? null };
}

const NOTHING = "0-0";
const NEWEST = "$";

/** Null in it: whoever listens may not ask, or the server does not tell. */
interface Info {
  last: string | null;
  added: number | null;
}

function isAnother(found: Info | null, { last, added }: { last: string; added: number | null }): boolean {
  if (found === null || (found.last !== null && isBefore(found.last, last))) return true;
  return found.added !== null && added !== null && found.added < added;
}

function isBefore(one: string, other: string): boolean {
  const [[ms, n], [otherMs, otherN]] = [one, other].map((id) => id.split("-").map(BigInt)) as [[bigint, bigint], [bigint, bigint]];
  return ms < otherMs || (ms === otherMs && n < otherN);
}

/** False: it is there. */
async function makeGroup(client: Redis, { stream, group }: Pick<Place, "stream" | "group">, after: string): Promise<boolean> {
  try {
    await client.xgroup("CREATE", stream, group, after, "MKSTREAM");
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("BUSYGROUP")) return false;
    throw error;
  }
}

/** Null: there is no such stream. */
async function infoOf(client: Redis, stream: string): Promise<Info | null> {
  try {
    const info = fieldsOf(await client.xinfo("STREAM", stream));
    const [last, added] = [info.get("last-generated-id"), info.get("entries-added")];
    return { last: typeof last === "string" ? last : null, added: typeof added === "number" ? added : null };
  } catch (error) {
    if (error instanceof Error && error.message.includes("no such key")) return null;
    if (isForbidden(error)) return { last: null, added: null };
    throw error;
  }
}

async function deliveredTo(client: Redis, { stream, group }: Pick<Place, "stream" | "group">): Promise<string | null> {
  try {
    const groups = ((await client.xinfo("GROUPS", stream)) as unknown[]).map(fieldsOf);
    const last = groups.find((one) => one.get("name") === group)?.get("last-delivered-id");
    return typeof last === "string" ? last : null;
  } catch (error) {
    if (isForbidden(error)) return null;
    throw error;
  }
}

/** Some services that speak the protocol leave commands out. */
const isForbidden = (error: unknown) => error instanceof Error && /^NOPERM|^ERR unknown (?:command|subcommand)/i.test(error.message);

/** Names and values take turns. */
function fieldsOf(list: unknown): Map<unknown, unknown> {
  const flat = list as unknown[];
  return new Map(Array.from({ length: Math.floor(flat.length / 2) }, (_, n) => [flat[2 * n], flat[2 * n + 1]]));
}
