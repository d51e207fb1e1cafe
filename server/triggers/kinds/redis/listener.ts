import { Redis } from "ioredis";
import { deliveryKeys } from "@/server/triggers/delivery-key";
import { addressOf, secretOf, tlsOptionsOf } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import { type Known, knownAfter, placeGroup } from "./place";
import type { RedisConfig } from "./spec";

const BLOCK_MS = 1_000;
const BATCH = 100;
/** How far it came is noted so often: what lies between is known by its ids when it is read again. */
const NOTE_MS = 60_000;

type Entry = [id: string, fields: string[] | null];

export const redisListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config, id } = trigger as ListeningTrigger<RedisConfig>;
    const { host, port, username, database, stream, group } = config;
    const tls = await tlsOptionsOf(config, ports);
    const client = new Redis({
      host: await addressOf(host),
      port,
      username,
      password: await secretOf(ports, config.secret),
      db: database,
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      ...(tls === null ? {} : { tls }),
    });
    let known: Known;
    // Why a connection ended is said here alone: what waits for it hears that it is closed.
    let ended: Error | undefined;
    client.on("error", (error: Error) => (ended ??= error));
    try {
      await client.connect();
      known = await placeGroup(client, config, trigger.checkpoint);
      await ports.checkpoint(known);
      ports.report("listening");
      // What this consumer was given before and did not acknowledge comes first.
      await readAll(client, config, id, ports, "0");
      for (let notedAt = performance.now(), last = known.last; !ports.signal.aborted; ) {
        const entries = await read(client, config, id, ">");
        await take(ports, client, config, entries, false);
        last = entries.at(-1)?.[0] ?? last;
        if (last === null || last === known.last || performance.now() - notedAt < NOTE_MS) continue;
        known = await knownAfter(client, known, stream, last);
        await ports.checkpoint(known);
        notedAt = performance.now();
      }
    } catch (error) {
      throw ended ?? error;
    } finally {
      client.disconnect();
    }

    async function readAll(from: Redis, of: RedisConfig, consumer: string, to: ListenerPorts, after: string): Promise<void> {
      for (let last = after; !to.signal.aborted; ) {
        const entries = await read(from, of, consumer, last);
        if (entries.length === 0) return;
        await take(to, from, { stream, group }, entries, true);
        last = entries.at(-1)![0];
      }
    }
  },
};

async function read(client: Redis, { stream, group }: Pick<RedisConfig, "stream" | "group">, consumer: string, after: string): Promise<Entry[]> {
  const answer = (await client.xreadgroup("GROUP", group, consumer, "COUNT", BATCH, "BLOCK", BLOCK_MS, "STREAMS", stream, after)) as [string, Entry[]][] | null;
  return answer?.[0]?.[1] ?? [];
}

async function take(ports: ListenerPorts, client: Redis, { stream, group }: Pick<RedisConfig, "stream" | "group">, entries: readonly Entry[], again: boolean): Promise<void> {
  for (const [entryId, fields] of entries) {
    // A deleted entry that was pending has no fields any more.
    if (fields !== null) await record(ports, stream, entryId, JSON.stringify(pairs(fields)), again);
    await client.xack(stream, group, entryId);
  }
}

async function record(ports: ListenerPorts, stream: string, entryId: string, body: string, again: boolean): Promise<void> {
  await ports.record({ ...deliveryKeys(`${stream}/${entryId}`, body, again), body, contentType: "application/json", meta: { stream, entryId } });
}

function pairs(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) record[fields[at]!] = fields[at + 1]!;
  return record;
}
