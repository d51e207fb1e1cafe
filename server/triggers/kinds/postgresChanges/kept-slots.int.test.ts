import net from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import type { EmbeddedPostgres } from "@/server/postgres/embedded";
import { putSecret } from "@/server/secrets/service";
import { cleanUpUnused } from "@/server/triggers/clean-up";
import { lookAtKept } from "@/server/triggers/kept";
import { Listeners } from "@/server/triggers/listeners";
import { captureNext, createTrigger, getTrigger, listenToStep, pauseTrigger, resumeTrigger, setTriggerMode } from "@/server/triggers/service";
import { definitionWith, TriggerScene } from "@/server/triggers/testing/scene";
import { startShop } from "@/server/triggers/testing/shop-server";
import { createWorkflow } from "@/server/workflows/service";
import { connectTo } from "./connect";
import { nameOf, prepareSlot } from "./slot";
import { postgresChangesConfig } from "./spec";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1,localhost,::1"));

const PATIENT = { timeout: 60_000, interval: 50 };

let server: EmbeddedPostgres;
let shop: pg.Client;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ server, shop, stop } = await startShop());
  await shop.query("create table orders (id int primary key)");
}, 120_000);
afterAll(async () => {
  await stop();
  await closeConnections();
});

const running: Listeners[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await rawDb().trigger.deleteMany({});
  for (const name of await slots()) await vi.waitFor(() => shop.query("select pg_drop_replication_slot($1)", [name]), PATIENT);
});

async function slots(): Promise<string[]> {
  const { rows } = await shop.query<{ name: string }>("select slot_name as name from pg_replication_slots order by 1");
  return rows.map(({ name }) => name);
}

function listen(): void {
  const listeners = new Listeners(() => {}, ["postgresChanges"]);
  running.push(listeners);
  listeners.start();
}

const here = () => {
  const { hostname, port, password } = new URL(server.url);
  return { password: decodeURIComponent(password), config: { host: hostname, port: Number(port), username: "postgres", database: "shop", secret: "PASSWORD", tables: ["orders"] } };
};

async function open(more: Record<string, unknown>) {
  const { scope, workflowId } = await TriggerScene.open([]);
  const { config, password } = here();
  await putSecret({ scope }, { name: "PASSWORD", value: password });
  const { id } = await createTrigger({ scope }, { workflowId, kind: "postgresChanges", name: "Changes", nodeId: null, versionNumber: null, settings: {}, config: { ...config, ...more } });
  const row = () => rawDb().trigger.findUniqueOrThrow({ where: { id } });
  listen();
  await expect.poll(async () => (await row()).health, PATIENT).toMatchObject({ state: "listening" });
  return {
    id,
    scope,
    row,
    paused: () => pauseTrigger({ scope }, { triggerId: id, until: "2099-01-01T00:00:00Z", policy: "refuse" }),
    /** What a worker does each ten seconds, and once nobody listens any more. */
    look: async () => {
      await sharedPool().query("update trigger set health = (health::jsonb - 'lookAt')::json where id = $1 and health is not null", [id]);
      await lookAtKept();
      return (await row()).health as { state?: string; lagBytes?: number; message?: string } | null;
    },
  };
}

/** At least so much log. */
async function writeLog(bytes: number): Promise<void> {
  await shop.query("create table if not exists filler (text text)");
  await shop.query("insert into filler select repeat(md5(n::text), 32) from generate_series(1, $1::int) n", [Math.ceil(bytes / 1_024)]);
}

describe("a slot that nobody reads", () => {
  it("is shown during a pause that takes nothing in, with what the server keeps for it, and read on after it", async () => {
    const trigger = await open({});
    expect((await trigger.row()).health).toMatchObject({ state: "listening", lagBytes: expect.any(Number) as number });
    await trigger.paused();
    // Who listened has heard of the pause by then.
    await expect.poll(trigger.look, PATIENT).toMatchObject({ state: "kept", slot: nameOf(trigger.id) });
    await writeLog(300_000);
    expect((await trigger.look())?.lagBytes).toBeGreaterThan(300_000);
    expect(await trigger.row()).toMatchObject({ error: null, leaseOwner: null });
    await resumeTrigger({ scope: trigger.scope }, { triggerId: trigger.id });
    await expect.poll(async () => (await trigger.row()).health, PATIENT).toMatchObject({ state: "listening" });
    expect((await trigger.row()).health).not.toHaveProperty("message");
  });

  it("is dropped once the server keeps more for it than the settings allow, paused or disabled, which is the trigger's error", async () => {
    const trigger = await open({ keepAtMostMb: 1 });
    const context = { scope: trigger.scope };
    await trigger.paused();
    await expect.poll(trigger.look, PATIENT).toMatchObject({ state: "kept" });
    await writeLog(2_000_000);
    expect(await trigger.look()).toMatchObject({ state: "dropped", message: expect.stringContaining("more than the 1 MB") as string });
    expect([await slots(), (await trigger.row()).error]).toMatchObject([[], { code: "slot_dropped" }]);
    await resumeTrigger(context, { triggerId: trigger.id });
    await expect.poll(async () => (await trigger.row()).health, PATIENT).toMatchObject({ state: "listening", message: expect.stringContaining("had to be made again") as string });
    expect([await slots(), (await getTrigger(context, { triggerId: trigger.id })).error]).toEqual([[nameOf(trigger.id)], null]);
    await setTriggerMode(context, { triggerId: trigger.id, mode: "disabled" });
    await writeLog(2_000_000);
    await expect.poll(trigger.look, PATIENT).toMatchObject({ state: "dropped" });
    expect([await slots(), (await trigger.row()).error]).toMatchObject([[], { code: "slot_dropped" }]);
  });

  it("is dropped for a pause where the settings say so, which is no trouble", async () => {
    const trigger = await open({ onPause: "drop" });
    await trigger.paused();
    await expect.poll(trigger.look, PATIENT).toMatchObject({ state: "dropped", message: expect.stringContaining("for the pause") as string });
    expect([await slots(), (await trigger.row()).error]).toEqual([[], null]);
  });

  it("of a step of a draft is gone once it has caught its change, or nobody waits for one any more", async () => {
    const { scope } = await TriggerScene.open([]);
    const { config, password } = here();
    await putSecret({ scope }, { name: "PASSWORD", value: password });
    const { id: workflowId } = await createWorkflow({ scope }, { name: "Draft", description: "", definition: definitionWith([{ id: "in", kind: "trigger.postgresChanges", config }]) });
    const { triggerId } = await listenToStep({ scope }, { workflowId, nodeId: "in" });
    const row = () => rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId! } });
    listen();
    await expect.poll(async () => (await row()).health, PATIENT).toMatchObject({ state: "listening" });
    await cleanUpUnused();
    expect(await slots()).toEqual([nameOf(triggerId!)]);
    await shop.query("insert into orders values (1), (2)");
    await expect.poll(async () => (await row()).captureUntil, PATIENT).toBeNull();
    await expect.poll(async () => cleanUpUnused().then(slots), PATIENT).toEqual([]);
    expect(await rawDb().triggerEvent.findMany({ where: { triggerId: triggerId! }, select: { status: true } })).toEqual([{ status: "captured" }]);
    await listenToStep({ scope }, { workflowId, nodeId: "in" });
    await expect.poll(slots, PATIENT).toEqual([nameOf(triggerId!)]);
    await captureNext({ scope }, { triggerId: triggerId!, listen: false });
    await expect.poll(async () => cleanUpUnused().then(slots), PATIENT).toEqual([]);
  });
});

describe("a slot that cannot be made", () => {
  const ports = { secret: () => Promise.resolve(here().password) };

  it("is given up in time, and says that it waits for transactions that are open", async () => {
    const writer = new pg.Client({ connectionString: server.url });
    await writer.connect();
    const config = postgresChangesConfig.parse(here().config);
    const control = await connectTo(config, ports, { replication: false, answerMs: 500 });
    try {
      await writer.query("begin; insert into orders values (100)");
      await expect(prepareSlot(control, "millrace_waiting", config)).rejects.toThrow(/could not be made in time: .*the oldest has been open since \d{4}-/);
      expect(await slots()).toEqual([]);
      await writer.query("rollback");
      await control.query("set statement_timeout = 0");
      expect(await prepareSlot(control, "millrace_waiting", config)).toEqual({ isNew: true, wasLost: false });
    } finally {
      await Promise.all([control.end(), writer.end()]);
      await shop.query("drop publication if exists millrace_waiting");
    }
  });

  it("is given up too when the server says nothing any more", async () => {
    const { port } = new URL(server.url);
    let isSilent = false;
    const between = net.createServer((socket) => {
      const onward = net.connect(Number(port), "127.0.0.1");
      socket.on("data", (data) => void onward.write(data));
      onward.on("data", (data) => void (isSilent || socket.write(data)));
      for (const end of [socket, onward]) end.on("error", () => {}).on("close", () => void [socket.destroy(), onward.destroy()]);
    });
    await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", () => resolve()));
    const config = postgresChangesConfig.parse({ ...here().config, host: "127.0.0.1", port: (between.address() as net.AddressInfo).port });
    const control = await connectTo(config, ports, { replication: false, answerMs: 1 });
    isSilent = true;
    await expect(prepareSlot(control, "millrace_silent", config)).rejects.toThrow(/timeout/);
    control.connection.stream.destroy();
    await new Promise((resolve) => between.close(resolve));
  }, 60_000);
});
