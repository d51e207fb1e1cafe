import type pg from "pg";
import type { PgoutputPlugin } from "pg-logical-replication";
import { answeredWithin, closeClient } from "@/server/triggers/postgres-end";
import { untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger, TriggerSource } from "@/server/triggers/source";
import { changesOf, readValuesOurWay } from "./change";
import { ANSWER_MS, connectTo } from "./connect";
import { dropSlot, nameOf, prepareSlot, readLag } from "./slot";
import { placeOfDatabase, type PostgresChangesConfig } from "./spec";
import { lsnText, parseLsn, WalStream } from "./stream";

const LAG_MS = 15_000;
const MEGABYTE = 1_048_576;
const AT_ONCE = 200;
const BYTES_AT_ONCE = 16 * MEGABYTE;

export const postgresChangesListener: Listener & Required<Pick<TriggerSource, "cleanUp" | "isSamePlace" | "lookAtKept">> = {
  type: "listener",
  async listen(trigger, ports) {
    const { config, id } = trigger as ListeningTrigger<PostgresChangesConfig>;
    const name = nameOf(id);
    const control = await connectTo(config, ports, { replication: false });
    let reading: pg.Client | undefined;
    let watch: NodeJS.Timeout | undefined;
    try {
      const prepared = await prepareSlot(control, name, config);
      const note = prepared.isNew ? await noteSlot(trigger, { name, ...prepared }, ports) : {};
      reading = await connectTo(config, ports, { replication: true });
      const system = await answeredWithin(ANSWER_MS, systemOf(reading));
      const stream = new WalStream(reading);
      void untilAborted(ports.signal).then(() => stream.end(new Error("stopped")));
      stream.start(name, name);
      const { PgoutputPlugin: Plugin } = await import("pg-logical-replication");
      const say = () => answeredWithin(ANSWER_MS, readLag(control, name)).then((lagBytes) => ports.report("listening", { lagBytes: lagBytes ?? 0, slot: name, ...note }));
      await say();
      watch = setInterval(() => void say().catch((error: Error) => stream.end(error)), LAG_MS);
      await readChanges(stream, new Plugin({ protoVersion: 1, publicationNames: [name] }), system, ports);
    } catch (error) {
      if (!ports.signal.aborted) throw error;
    } finally {
      clearInterval(watch);
      for (const client of [reading, control]) if (client !== undefined) await closeClient(client);
    }
  },
  async cleanUp(trigger, ports, why) {
    const { config, id } = trigger as ListeningTrigger<PostgresChangesConfig>;
    if (why === "disabled" && config.onDisable === "keep") return;
    const control = await connectTo(config, ports, { replication: false });
    try {
      await dropSlot(control, nameOf(id));
    } finally {
      await control.end().catch(() => {});
    }
  },
  async lookAtKept(trigger, ports, why) {
    const { config: { onPause, keepAtMostMb }, config, id } = trigger as ListeningTrigger<PostgresChangesConfig>;
    const slot = nameOf(id);
    const control = await connectTo(config, ports, { replication: false });
    try {
      const lagBytes = await readLag(control, slot);
      if (lagBytes === null) return null;
      const isTooMuch = keepAtMostMb !== undefined && lagBytes > keepAtMostMb * MEGABYTE;
      if (!isTooMuch && !(why === "paused" && onPause === "drop")) return { isKept: true, details: { lagBytes, slot } };
      await dropSlot(control, slot);
      const message = isTooMuch
        ? `Its server kept ${Math.round(lagBytes / MEGABYTE)} MB of its log for the slot ${slot} that nobody read, more than the ${keepAtMostMb} MB of the settings. The slot was dropped: changes since it was last read start nothing.`
        : `The slot ${slot} was dropped for the pause: changes meanwhile start nothing.`;
      return { isKept: false, details: { message }, problem: isTooMuch ? message : null };
    } finally {
      await closeClient(control);
    }
  },
  async isSamePlace(one, other, ports) {
    const places = await Promise.all([one, other].map(({ config }) => databaseAt(config as PostgresChangesConfig, ports)));
    return places[0] === places[1];
  },
};

/** Whatever its address: the cluster's own number, and the database in it. */
async function databaseAt(config: PostgresChangesConfig, ports: Pick<ListenerPorts, "secret">): Promise<string> {
  const control = await connectTo(config, ports, { replication: false });
  try {
    const { rows } = await control.query<{ place: string }>("SELECT system_identifier || '/' || current_database() AS place FROM pg_control_system()");
    return rows[0]?.place ?? "";
  } finally {
    await control.end().catch(() => {});
  }
}

/** A slot that had to be made again has missed what happened meanwhile: that is shown, not passed over. */
async function noteSlot({ checkpoint, config }: ListeningTrigger, { name, wasLost }: { name: string; wasLost: boolean }, ports: ListenerPorts): Promise<{ message?: string }> {
  const place = placeOfDatabase(config);
  const earlier = checkpoint as { slot?: string; place?: string; madeAt?: string } | null;
  await ports.checkpoint({ slot: name, place, madeAt: new Date().toISOString() });
  if (wasLost) return { message: `The server had thrown away changes that the slot ${name} had not read (max_slot_wal_keep_size). It was made again: changes in between started nothing.` };
  const hadOne = earlier?.slot === name && (earlier.place === undefined || earlier.place === place);
  return hadOne && config.onDisable === "keep" ? { message: `The slot ${name} was gone and had to be made again: changes in between started nothing.` } : {};
}

async function systemOf(reading: pg.Client): Promise<string> {
  const { rows } = await reading.query<{ systemid: string }>("IDENTIFY_SYSTEM");
  return rows[0]?.systemid ?? "";
}

/** Records each change; a transaction is acknowledged once all of its changes are durable. */
async function readChanges(stream: WalStream, plugin: PgoutputPlugin, system: string, ports: ListenerPorts): Promise<void> {
  let transaction: { xid: number; committedAt: string } | null = null;
  let pending: Promise<unknown>[] = [];
  let bytes = 0;
  let last = { lsn: -1n, nth: 0 };
  for (;;) {
    const { lsn, data } = await stream.next();
    if (data === null) {
      if (transaction === null) stream.acknowledge(lsn);
      continue;
    }
    const message = plugin.parse(data);
    if (message.tag === "relation") readValuesOurWay(message);
    if (message.tag === "begin") transaction = { xid: message.xid, committedAt: momentOf(message.commitTime) };
    for (const change of changesOf(message)) {
      // Rows that one statement wrote may share their place in the log.
      last = { lsn, nth: lsn === last.lsn ? last.nth + 1 : 0 };
      const body = JSON.stringify(change);
      bytes += body.length;
      const recorded = ports.record({
        dedupeKey: `${system}/${lsnText(lsn)}/${last.nth}/${transaction?.committedAt}`,
        body,
        contentType: "application/json",
        meta: { lsn: lsnText(lsn), operation: change.operation, table: `${change.schema}.${change.table}`, ...transaction },
      });
      recorded.catch(() => {});
      pending.push(recorded);
      if (pending.length < AT_ONCE && bytes < BYTES_AT_ONCE) continue;
      await Promise.all(pending.splice(0));
      bytes = 0;
    }
    if (message.tag === "commit") {
      await Promise.all(pending);
      [pending, bytes] = [[], 0];
      transaction = null;
      stream.acknowledge(parseLsn(message.commitEndLsn ?? "0/0"));
    }
  }
}

function momentOf(microseconds: unknown): string {
  const total = microseconds as bigint;
  return `${new Date(Number(total / 1_000n)).toISOString().slice(0, -1)}${String(total % 1_000n).padStart(3, "0")}Z`;
}
