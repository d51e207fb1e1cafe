import path from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { putSecret } from "@/server/secrets/service";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { dispatchDue } from "./dispatch";
import { recordEvent } from "./intake";
import { serveMail } from "./kinds/email/server";
import { Listeners } from "./listeners";
import { getTrigger } from "./service";
import { CRASH_CASES, type CrashSource, UNACKNOWLEDGED_CASES } from "./testing/crash-sources";
import { TriggerScene } from "./testing/scene";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const LISTENER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-listener.ts"));
const NUMBERS = [0, 1, 2];
/** Sent when some are durable already. */
const LAST = 3;
const ALL = NUMBERS.length + 1;
/** A broker takes its time to find that a consumer is gone. */
const PATIENT = { timeout: 180_000, interval: 200 };
const TAKEOVER_SECONDS = 15;
const LOOK_SECONDS = 0.25;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rawDb().trigger.deleteMany({});
});
afterAll(closeConnections);

/** A process that listens and dies there. */
async function diesAt(crashPoint: string, kind: string): Promise<void> {
  expect(await dieAt(crashPoint, LISTENER, kind), `${kind} at ${crashPoint}`).toBe("SIGKILL");
}

function listenHere(kind: string): () => Promise<unknown> {
  const stopped = new AbortController();
  if (kind === "email") {
    // This process read its environment before there was a port.
    const [host = "", port = ""] = (process.env.MAIL_LISTEN ?? "").split(":");
    const serving = serveMail({ record: recordEvent, signal: stopped.signal, log: () => {} }, { place: { host, port: Number(port) } });
    return () => (stopped.abort(), serving);
  }
  const listeners = new Listeners(() => {}, [kind]);
  listeners.start();
  return () => listeners.stop();
}

async function openTrigger(kind: string, { config, secret }: CrashSource) {
  const scene = await TriggerScene.open([{ id: "in", kind: `trigger.${kind}`, config }]);
  if (secret !== undefined) await putSecret({ scope: scene.scope }, { name: "KEY", value: secret });
  const triggerId = (await scene.triggers())[0]!.id;
  const { url } = await getTrigger({ scope: scene.scope }, { triggerId });
  const state = async () => ((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).health as { state?: string } | null)?.state;
  return { scene, triggerId, url, listening: () => expect.poll(state, PATIENT).toBe("listening") };
}

async function sendAll(source: CrashSource, address: string | null): Promise<void> {
  for (const n of NUMBERS) await source.send(n, address);
}

/** As when its time had run out; that it does is tested below. */
const endLease = (triggerId: string) => sharedPool().query("update trigger set lease_until = now() - interval '1 second' where id = $1 and lease_owner is not null", [triggerId]);

/** Seconds by the database's clock until another process holds the lease, less those by which machine and database were late. */
async function secondsToTakeover(triggerId: string, epoch: number): Promise<number> {
  const look = async () => (await sharedPool().query<{ now: number; held: number }>("select extract(epoch from clock_timestamp())::float8 as now, lease_epoch as held from trigger where id = $1", [triggerId])).rows[0]!;
  const { now: begun } = await look();
  let [last, late] = [begun, 0];
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_SECONDS * 1_000));
    const { now, held } = await look();
    late += Math.max(0, now - last - LOOK_SECONDS);
    if (held !== epoch) return now - begun - late;
    last = now;
  }
}

async function runsOfEvents(scene: TriggerScene, triggerId: string): Promise<{ events: number; runs: number }> {
  await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
  await dispatchDue();
  const events = await scene.events(triggerId);
  const runs = await scene.runs(triggerId);
  expect(new Set(runs.map(({ id }) => id))).toEqual(new Set(events.filter(({ status }) => status === "started").map(({ runId }) => runId)));
  return { events: events.length, runs: runs.length };
}

describe.each(CRASH_CASES.map((one) => ({ ...one, name: `${one.kind}${one.more ?? ""}` })))("$name (needs its server)", ({ kind, isHere, listensFirst, open: openSource }) => {
  it.skipIf(!isHere)("makes one run of each message although its listener dies before it records, before the run is made and before it acknowledges", async () => {
    const source = await openSource();
    open.push(source.close);
    const { scene, triggerId, url, listening } = await openTrigger(kind, source);
    if (listensFirst === true) {
      const stop = listenHere(kind);
      await listening();
      await stop();
    }
    const sent = sendAll(source, url);
    // A mail is sent when it was acknowledged, which takes until the end.
    if (kind !== "email") await sent;
    sent.catch(() => {});
    await diesAt("trigger-event-accepted:2", kind);
    await endLease(triggerId);
    await diesAt("trigger-event-recorded:1", kind);
    await endLease(triggerId);
    const last = source.send(LAST, url);
    if (kind !== "email") await last;
    last.catch(() => {});
    await diesAt("trigger-event-committed:1", kind);
    await endLease(triggerId);
    open.push(listenHere(kind));
    await Promise.all([sent, last]);
    await expect.poll(() => runsOfEvents(scene, triggerId), PATIENT).toEqual({ events: ALL, runs: ALL });
    if (source.isDrained !== undefined) await expect.poll(source.isDrained, PATIENT).toBe(true);
    expect(await runsOfEvents(scene, triggerId)).toEqual({ events: ALL, runs: ALL });
  });
});

describe.each(UNACKNOWLEDGED_CASES)("$kind, which acknowledges nothing", ({ kind, open: openSource }) => {
  it.each(["trigger-event-recorded:1", "trigger-run-enqueued:1", "trigger-event-committed:1"])("makes one run of what is durable when its listener dies at %s", async (crashPoint) => {
    const source = await openSource();
    open.push(source.close);
    const { scene, triggerId } = await openTrigger(kind, source);
    let isDead = false;
    const died = diesAt(crashPoint, kind).finally(() => (isDead = true));
    // Whoever is not there yet, or not any more, does not get it.
    for (let n = 0; !isDead; n += 1) await Promise.all([source.send(n, null), new Promise((resolve) => setTimeout(resolve, 100))]);
    await died;
    // What the dead one had sent may still be committed after a look.
    await expect.poll(async () => {
      const { events, runs } = await runsOfEvents(scene, triggerId);
      return events > 0 && runs === events;
    }, PATIENT).toBe(true);
  });
});

it("is taken over by another process within 15 seconds of the death of the one that had it", async () => {
  const source = await CRASH_CASES.find(({ kind }) => kind === "pubsub")!.open();
  open.push(source.close);
  const { scene, triggerId } = await openTrigger("pubsub", source);
  await source.send(0, null);
  await diesAt("trigger-event-recorded:1", "pubsub");
  const lease = await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } });
  expect(lease.leaseOwner).not.toBeNull();
  const taken = secondsToTakeover(triggerId, lease.leaseEpoch);
  open.push(listenHere("pubsub"));
  await source.send(1, null);
  expect(await taken).toBeLessThan(TAKEOVER_SECONDS);
  await expect.poll(() => runsOfEvents(scene, triggerId), PATIENT).toEqual({ events: 2, runs: 2 });
  expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).leaseEpoch).toBeGreaterThan(lease.leaseEpoch);
});
