import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { archiveWorkflow, restoreWorkflow } from "@/server/workflows/service";
import { recordEvent } from "./intake";
import { Listeners } from "./listeners";
import { pauseTrigger, resumeTrigger, setTriggerMode } from "./service";
import type { Listener, ListenerPorts, ListeningTrigger } from "./source";
import { TriggerScene } from "./testing/scene";

let scene: TriggerScene;
let triggerId: string;

beforeAll(async () => {
  scene = await TriggerScene.open([{ id: "in", kind: "trigger.webhook", config: {} }]);
  triggerId = (await scene.triggers())[0]!.id;
});
afterAll(closeConnections);

const running: Listeners[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

/** A source whose messages are pushed by the test. */
class Fake implements Listener {
  readonly type = "listener";
  readonly begun: { trigger: ListeningTrigger; ports: ListenerPorts }[] = [];
  fail: string | null = null;
  /** What it still has to do when it is told to end. */
  closing: Promise<void> = Promise.resolve();

  async listen(trigger: ListeningTrigger, ports: ListenerPorts): Promise<void> {
    if (this.fail !== null) throw new Error(this.fail);
    this.begun.push({ trigger, ports });
    ports.report("listening", { lag: 0 });
    await new Promise<void>((resolve) => ports.signal.addEventListener("abort", () => resolve()));
    await this.closing;
  }

  get last() {
    return this.begun.at(-1)!;
  }
}

/** Without a clock of the test's own, time stands still: a slow machine must not end what the test did not end. */
function startWith(fake: Fake, now: () => number = () => 0): Listeners {
  const listeners = new Listeners(() => {}, ["webhook"], () => fake, now);
  running.push(listeners);
  listeners.start();
  return listeners;
}

const PATIENT = { timeout: 45_000 };
/** More than two thirds of a lease. */
const LATE_MS = 7_000;

async function waitsAtRow(statement: string): Promise<boolean> {
  const { rowCount } = await sharedPool().query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%' || $1 || '%'", [statement]);
  return rowCount! > 0;
}

describe("listeners", () => {
  it("record, remember how far they came, and hand both over to the next process", async () => {
    const [first, second] = [new Fake(), new Fake()];
    const one = startWith(first);
    await expect.poll(() => first.begun.length, PATIENT).toBe(1);
    startWith(second);
    const { ports, trigger } = first.last;
    expect(trigger).toMatchObject({ id: triggerId, checkpoint: null, config: { methods: ["POST"] } });
    expect(await ports.record({ dedupeKey: "m1", body: "hello", contentType: "text/plain" })).toMatchObject({ isNew: true });
    await ports.checkpoint({ offset: 1 });
    expect(second.begun).toHaveLength(0);
    await one.stop();
    await expect.poll(() => second.begun.length, PATIENT).toBe(1);
    expect(second.last.trigger.checkpoint).toEqual({ offset: 1 });
    await expect(ports.record({ dedupeKey: "m2", body: "late" })).rejects.toThrow(/stopped/);
    await expect(ports.checkpoint({ offset: 0 })).rejects.toThrow(/another process/);
    await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).health).toMatchObject({ state: "listening", lag: 0 });
  });

  it("lose a trigger whose lease runs out to another process", async () => {
    const [first, second] = [new Fake(), new Fake()];
    startWith(first);
    await expect.poll(() => first.begun.length, PATIENT).toBe(1);
    // As a killed process leaves it: held, and never renewed.
    await rawDb().trigger.update({ where: { id: triggerId }, data: { leaseOwner: "00000000-0000-7000-8000-000000000000", leaseUntil: new Date(Date.now() + 5_000), leaseEpoch: { increment: 1 } } });
    startWith(second);
    await expect.poll(() => first.begun[0]?.ports.signal.aborted, PATIENT).toBe(true);
    // On a machine that stands still for longer than a lease it may begin once more.
    await expect.poll(() => first.begun.length + second.begun.length, PATIENT).toBeGreaterThanOrEqual(2);
  });

  it("begin again after the process or the database stood still for longer than a lease allows", async () => {
    const fake = new Fake();
    let late = 0;
    startWith(fake, () => late);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    late = LATE_MS;
    // A beat that asked before may take it once more and lose it again.
    await expect.poll(() => fake.begun.length > 1 && !fake.last.ports.signal.aborted, PATIENT).toBe(true);
    expect(fake.begun[0]!.ports.signal.aborted).toBe(true);
  });

  it("end when their lease cannot be confirmed, also while the database does not answer", async () => {
    const fake = new Fake();
    let late = 0;
    startWith(fake, () => late);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    const client = await sharedPool().connect();
    try {
      await client.query("begin");
      await client.query("select from trigger where id = $1 for update", [triggerId]);
      // The next beat hangs at the row.
      await expect.poll(() => waitsAtRow("SET lease_until"), PATIENT).toBe(true);
      expect(fake.last.ports.signal.aborted).toBe(false);
      late = LATE_MS;
      await expect.poll(() => fake.last.ports.signal.aborted, PATIENT).toBe(true);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  it("have given everything back when they have stopped, also what they had begun to end before", async () => {
    const fake = new Fake();
    let close = () => {};
    fake.closing = new Promise((resolve) => (close = resolve));
    let late = 0;
    const listeners = startWith(fake, () => late);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    late = LATE_MS;
    await expect.poll(() => fake.begun[0]!.ports.signal.aborted, PATIENT).toBe(true);
    const order: string[] = [];
    const client = await sharedPool().connect();
    let stopped = Promise.resolve(0);
    try {
      await client.query("begin");
      await client.query("select from trigger where id = $1 for update", [triggerId]);
      close();
      await expect.poll(() => waitsAtRow("SET lease_owner = NULL"), PATIENT).toBe(true);
      stopped = listeners.stop().then(() => order.push("stopped"));
      for (let n = 0; n < 20; n += 1) await client.query("select");
      order.push("released");
    } finally {
      await client.query("rollback");
      client.release();
    }
    await stopped;
    expect(order).toEqual(["released", "stopped"]);
    expect(await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).toMatchObject({ leaseOwner: null, leaseUntil: null });
  });

  it("do not begin to listen when they are stopped just before", async () => {
    const fake = new Fake();
    let stopped: Promise<void> | undefined;
    const listeners: Listeners = new Listeners(() => {}, ["webhook"], () => ((stopped = listeners.stop()), fake));
    listeners.start();
    await expect.poll(() => stopped !== undefined, PATIENT).toBe(true);
    await stopped;
    expect(fake.begun).toEqual([]);
  });

  it("renew a lease that ran out while nobody took it, and go on", async () => {
    const fake = new Fake();
    startWith(fake);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    const epoch = async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).leaseEpoch;
    const before = await epoch();
    // Run out again between each two statements of a beat, as on a machine that stands still there.
    await sharedPool().query("create function run_out() returns trigger language plpgsql as $$ begin new.lease_until := least(new.lease_until, now() - interval '1 second'); return new; end $$");
    await sharedPool().query("create trigger run_out before update of lease_until on trigger for each row when (new.lease_until is not null) execute function run_out()");
    try {
      const renewals = async () => Number((await rawDb().$queryRaw<{ at: Date }[]>`select lease_until as at from trigger where id = ${triggerId}::uuid`)[0]!.at);
      const first = await renewals();
      await expect.poll(renewals, PATIENT).not.toBe(first);
      const second = await renewals();
      await expect.poll(renewals, PATIENT).not.toBe(second);
    } finally {
      await sharedPool().query("drop trigger run_out on trigger");
      await sharedPool().query("drop function run_out");
    }
    expect(await epoch()).toBe(before);
    expect(fake.begun).toHaveLength(1);
  });

  it("show why they fail, try again, and follow a change of the trigger", async () => {
    const fake = new Fake();
    fake.fail = "connection refused";
    startWith(fake);
    await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).error, PATIENT).toMatchObject({ code: "listener_failed", message: "connection refused" });
    fake.fail = null;
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).error).toBeNull();
    await setTriggerMode({ scope: scene.scope }, { triggerId, mode: "disabled" });
    await expect.poll(() => fake.last.ports.signal.aborted, PATIENT).toBe(true);
    await setTriggerMode({ scope: scene.scope }, { triggerId, mode: "enabled" });
    await expect.poll(() => fake.begun.length, PATIENT).toBe(2);
  });

  it("stop while their trigger is paused and refuses, and go on when the pause is over; else what comes is held", async () => {
    const fake = new Fake();
    startWith(fake);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    const context = { scope: scene.scope };
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await pauseTrigger(context, { triggerId, until, policy: "refuse" });
    // What it had in hand is acknowledged at the other side: it must not be lost.
    expect(await recordEvent({ trigger: { id: triggerId, workspaceId: scene.scope.workspaceId }, dedupeKey: "in hand", body: "1" })).toMatchObject({ status: "held", isNew: true });
    await expect.poll(() => fake.last.ports.signal.aborted, PATIENT).toBe(true);
    await sharedPool().query("update trigger set paused_until = (select clock_timestamp()) where id = $1", [triggerId]);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(2);
    await pauseTrigger(context, { triggerId, until, policy: "hold" });
    expect(await fake.last.ports.record({ dedupeKey: "while paused", body: "2" })).toMatchObject({ status: "held", isNew: true });
    expect(fake.last.ports.signal.aborted).toBe(false);
    await resumeTrigger(context, { triggerId });
  });

  it("stop with their workflow's archive, and begin again when it is back", async () => {
    const fake = new Fake();
    startWith(fake);
    await expect.poll(() => fake.begun.length, PATIENT).toBe(1);
    await archiveWorkflow({ scope: scene.scope }, { workflowId: scene.workflowId });
    await expect.poll(() => fake.last.ports.signal.aborted, PATIENT).toBe(true);
    await restoreWorkflow({ scope: scene.scope }, { workflowId: scene.workflowId });
    await expect.poll(() => fake.begun.length, PATIENT).toBe(2);
  });
});
