import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import type { EmbeddedPostgres } from "@/server/postgres/embedded";
import { putSecret } from "@/server/secrets/service";
import { cleanUpUnused } from "@/server/triggers/clean-up";
import { Listeners } from "@/server/triggers/listeners";
import { takeLeftoversAway } from "@/server/triggers/leftovers";
import { createTrigger, deleteTrigger, getTrigger, listLeftovers, setTriggerMode, takeAwayAgain, updateTrigger } from "@/server/triggers/service";
import { TriggerScene } from "@/server/triggers/testing/scene";
import { startShop } from "@/server/triggers/testing/shop-server";
import { archiveWorkflow, deleteWorkflow } from "@/server/workflows/service";
import type { Change } from "./change";
import { nameOf } from "./slot";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1,localhost,::1"));

const PATIENT = { timeout: 60_000, interval: 50 };

let server: EmbeddedPostgres;
let shop: pg.Client;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ server, shop, stop } = await startShop());
  await shop.query(`
    create schema sales;
    create table sales.orders (id int primary key, total numeric, placed timestamp, tags text[], extra jsonb, note text, more json[]);
    alter table sales.orders alter column note set storage external;
    create table "Odd Name" (id bigint primary key, ok boolean)`);
}, 120_000);
afterAll(async () => {
  await stop();
  await closeConnections();
});

const running: Listeners[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await rawDb().trigger.deleteMany({});
  const { rows } = await shop.query<{ slot_name: string }>("select slot_name from pg_replication_slots");
  for (const { slot_name } of rows) await vi.waitFor(() => shop.query("select pg_drop_replication_slot($1)", [slot_name]), PATIENT);
});

function listen(): Listeners {
  const listeners = new Listeners(() => {}, ["postgresChanges"]);
  running.push(listeners);
  listeners.start();
  return listeners;
}

async function open(config: Record<string, unknown>) {
  const { hostname, port, password } = new URL(server.url);
  const scene = await TriggerScene.open([]);
  const { scope, workflowId } = scene;
  await putSecret({ scope }, { name: "PASSWORD", value: decodeURIComponent(password) });
  const { id } = await createTrigger({ scope }, { workflowId, kind: "postgresChanges", name: "Changes", nodeId: null, versionNumber: null, settings: {}, config: { host: hostname, port: Number(port), username: "postgres", database: "shop", secret: "PASSWORD", ...config } });
  const row = () => rawDb().trigger.findUniqueOrThrow({ where: { id } });
  return {
    id,
    scope,
    row,
    changes: async () => (await scene.events(id)).map(({ body }) => JSON.parse(Buffer.from(body ?? []).toString()) as Change),
    events: () => scene.events(id),
    listening: () => expect.poll(async () => (await row()).health, PATIENT).toMatchObject({ state: "listening" }),
  };
}

async function slots(): Promise<{ name: string; lag: number }[]> {
  const { rows } = await shop.query<{ name: string; lag: number }>("select slot_name as name, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int as lag from pg_replication_slots");
  return rows;
}

describe("changes of PostgreSQL tables", () => {
  it("start runs with old and new values, in order, and none is lost while nobody listens", async () => {
    const trigger = await open({ tables: ["sales.orders", "Odd Name"] });
    const first = listen();
    await trigger.listening();
    await shop.query(`insert into sales.orders values (1, 12345678901234567.89, '2026-03-29 02:30:00.123456', '{a,b}', '{"n": 1, "same": [1.50, -2e2, 0.0], "big": 9007199254740993, "long": {"a\\"1": -0.12345678901234567890}, "text": "9007199254740993"}', repeat('x', 5000), array['[12345678901234567890]', null]::json[])`);
    await shop.query("update sales.orders set total = 2 where id = 1");
    await shop.query("update sales.orders set id = 2 where id = 1");
    await shop.query("delete from sales.orders");
    await shop.query(`insert into "Odd Name" values (9007199254740993, true)`);
    await shop.query("truncate sales.orders");
    await expect.poll(async () => (await trigger.changes()).length, PATIENT).toBe(5);
    const changes = await trigger.changes();
    expect(changes[0]).toEqual({ operation: "insert", schema: "sales", table: "orders", key: { id: 1 }, old: null, new: { id: 1, total: "12345678901234567.89", placed: "2026-03-29 02:30:00.123456", tags: ["a", "b"], extra: { n: 1, same: [1.5, -200, 0], big: "9007199254740993", long: { 'a"1': "-0.12345678901234567890" }, text: "9007199254740993" }, note: "x".repeat(5_000), more: [["12345678901234567890"], null] }, unchanged: [] });
    expect(changes[1]).toMatchObject({ operation: "update", key: { id: 1 }, old: null, new: { id: 1, total: "2" }, unchanged: ["note"] });
    expect(changes[2]).toMatchObject({ operation: "update", key: { id: 1 }, new: { id: 2 } });
    expect(changes[3]).toMatchObject({ operation: "delete", key: { id: 2 }, new: null });
    expect(changes[4]).toMatchObject({ table: "Odd Name", new: { id: "9007199254740993", ok: true } });
    const [event] = await trigger.events();
    expect(event?.meta).toMatchObject({ operation: "insert", table: "sales.orders", xid: expect.any(Number) as number, committedAt: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/) as string });
    await first.stop();
    await shop.query(`insert into "Odd Name" select g, false from generate_series(10, 509) g`);
    listen();
    await expect.poll(async () => (await trigger.changes()).length, PATIENT).toBe(505);
    expect((await trigger.changes()).slice(5).map((change) => change.new?.id)).toEqual(Array.from({ length: 500 }, (_, n) => String(n + 10)));
  });

  it("bring the whole old row when the trigger asks for it", async () => {
    await shop.query("create table stock (id int primary key, count int); insert into stock values (1, 5)");
    const trigger = await open({ tables: ["stock"], oldValues: "all", operations: ["update", "delete", "truncate"] });
    listen();
    await trigger.listening();
    await shop.query("insert into stock values (2, 1)");
    await shop.query("update stock set count = 4 where id = 1");
    await shop.query("delete from stock where id = 1");
    await shop.query("truncate stock");
    await expect.poll(trigger.changes, PATIENT).toMatchObject([
      { operation: "update", old: { id: 1, count: 5 }, new: { id: 1, count: 4 } },
      { operation: "delete", old: { id: 1, count: 4 }, new: null },
      { operation: "truncate", table: "stock", old: null, new: null },
    ]);
  });

  it("follow a change of the tables, and move on although only others are written to", async () => {
    await shop.query("create table a (id int primary key); create table b (id int primary key)");
    const trigger = await open({ tables: ["a"] });
    listen();
    await trigger.listening();
    await shop.query("insert into b select generate_series(1, 20000)");
    // The server says how far it is when it is asked to answer, or after half of its time-out.
    await expect.poll(async () => (await slots())[0]?.lag, PATIENT).toBeLessThan(100_000);
    const config = (await trigger.row()).config as Record<string, unknown>;
    await rawDb().trigger.update({ where: { id: trigger.id }, data: { config: { ...config, tables: ["a", "b"] } as object, revision: { increment: 1 }, health: {}, leaseOwner: null, leaseUntil: null, leaseEpoch: { increment: 1 } } });
    await trigger.listening();
    await shop.query("insert into b values (0)");
    await expect.poll(trigger.changes, PATIENT).toMatchObject([{ table: "b", new: { id: 0 } }]);
  });

  it("leave no slot when the trigger is deleted, or disabled if it is to be dropped then", async () => {
    await shop.query("create table gone (id int primary key)");
    const [dropped, kept] = [await open({ tables: ["gone"], onDisable: "drop" }), await open({ tables: ["gone"] })];
    listen();
    await dropped.listening();
    await kept.listening();
    for (const { scope, id } of [dropped, kept]) await setTriggerMode({ scope }, { triggerId: id, mode: "disabled" });
    expect((await slots()).map(({ name }) => name)).toEqual([nameOf(kept.id)]);
    expect((await dropped.row()).error).toBeNull();
    expect(await deleteTrigger({ scope: kept.scope }, { triggerId: kept.id })).toEqual({ ok: true, left: null });
    expect(await slots()).toEqual([]);
    expect((await shop.query("select from pg_publication where pubname = $1", [nameOf(kept.id)])).rowCount).toBe(0);
  });

  it("leave no slot when their step leaves the published version, or their workflow is deleted", async () => {
    await shop.query("create table left_over (id int primary key)");
    const { hostname, port, password } = new URL(server.url);
    const scene = await TriggerScene.open([]);
    await putSecret({ scope: scene.scope }, { name: "PASSWORD", value: decodeURIComponent(password) });
    const step = { id: "in", kind: "trigger.postgresChanges", config: { host: hostname, port: Number(port), username: "postgres", database: "shop", secret: "PASSWORD", tables: ["left_over"] } };
    listen();
    const begin = async () => {
      await scene.republish([step]);
      const [trigger] = await scene.triggers();
      await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: trigger!.id } })).health, PATIENT).toMatchObject({ state: "listening" });
      expect((await slots()).map(({ name }) => name)).toEqual([nameOf(trigger!.id)]);
    };
    const untilGone = () => expect.poll(async () => (await cleanUpUnused(), slots()), PATIENT).toEqual([]);
    await begin();
    await scene.republish([]);
    await untilGone();
    await begin();
    expect((await scene.triggers())[0]?.health).toMatchObject({ message: expect.stringContaining("had to be made again") as string });
    await deleteWorkflow({ scope: scene.scope }, { workflowId: scene.workflowId });
    await untilGone();
    expect(await scene.triggers()).toMatchObject([{ health: null, error: null }]);
  });

  it("leave nothing at a server that their config does not name any more, and what another name of it means", async () => {
    await shop.query("create table moved (id int primary key)");
    await shop.query("create database warehouse");
    const warehouse = new pg.Client({ connectionString: Object.assign(new URL(server.url), { pathname: "/warehouse" }).href });
    await warehouse.connect();
    try {
      await warehouse.query("create table moved (id int primary key)");
      const trigger = await open({ tables: ["moved"] });
      listen();
      await trigger.listening();
      const change = async (more: Record<string, unknown>) => {
        const config = (await trigger.row()).config as Record<string, unknown>;
        await updateTrigger({ scope: trigger.scope }, { triggerId: trigger.id, config: { ...config, ...more } });
      };
      const leftovers = () => rawDb().triggerLeftover.findMany({ where: { triggerId: trigger.id } });
      const lookNow = async () => {
        await rawDb().triggerLeftover.updateMany({ where: { triggerId: trigger.id }, data: { dueAt: new Date(0) } });
        await takeLeftoversAway();
      };
      const place = async () => (await shop.query<{ database: string }>("select database from pg_replication_slots order by database")).rows.map(({ database }) => database);
      await change({ host: "localhost" });
      await expect.poll(async () => ((await trigger.row()).config as { host: string }).host).toBe("localhost");
      await lookNow();
      expect([await place(), await leftovers()]).toEqual([["shop"], []]);
      await change({ database: "warehouse" });
      await expect.poll(async () => (await trigger.row()).error, PATIENT).toMatchObject({ message: expect.stringContaining("still belongs to the database shop") as string });
      // Nobody can take anything away there for now: it is tried again.
      await rawDb().triggerLeftover.updateMany({ where: { triggerId: trigger.id }, data: { config: { ...((await trigger.row()).config as object), port: 1, database: "shop" } } });
      await lookNow();
      expect(await leftovers()).toMatchObject([{ attempts: 1, problem: expect.stringMatching(/ECONNREFUSED/) as string }]);
      await rawDb().triggerLeftover.updateMany({ where: { triggerId: trigger.id }, data: { config: { ...((await trigger.row()).config as object), database: "shop" } } });
      await lookNow();
      expect(await leftovers()).toEqual([]);
      expect((await shop.query("select from pg_publication where pubname = $1", [nameOf(trigger.id)])).rowCount).toBe(0);
      await expect.poll(place, PATIENT).toEqual(["warehouse"]);
      await expect.poll(async () => (await trigger.row()).health, PATIENT).toMatchObject({ state: "listening" });
      await warehouse.query("insert into moved values (7)");
      await expect.poll(trigger.changes, PATIENT).toMatchObject([{ new: { id: 7 } }]);
      await Promise.all(running.splice(0).map((one) => one.stop()));
      expect(await deleteTrigger({ scope: trigger.scope }, { triggerId: trigger.id })).toEqual({ ok: true, left: null });
    } finally {
      await warehouse.end();
      await shop.query("drop database warehouse with (force)");
    }
  });

  it("drop a slot later when it could not be dropped as they were disabled", async () => {
    await shop.query("create table later (id int primary key)");
    const trigger = await open({ tables: ["later"], onDisable: "drop" });
    listen();
    await trigger.listening();
    const { password } = new URL(server.url);
    await putSecret({ scope: trigger.scope }, { name: "PASSWORD", value: "wrong" });
    expect(await setTriggerMode({ scope: trigger.scope }, { triggerId: trigger.id, mode: "disabled" })).toMatchObject({ error: { code: "clean_up_failed" } });
    await cleanUpUnused();
    expect(await slots()).toHaveLength(1);
    const context = { scope: trigger.scope };
    expect((await getTrigger(context, { triggerId: trigger.id })).leftovers).toMatchObject([{ problem: expect.stringMatching(/password/) as string, place: expect.stringContaining("shop") as string, nextAt: expect.any(String) as string }]);
    await putSecret({ scope: trigger.scope }, { name: "PASSWORD", value: decodeURIComponent(password) });
    await takeAwayAgain(context, { triggerId: trigger.id });
    await cleanUpUnused();
    expect([await slots(), (await trigger.row()).error, (await getTrigger(context, { triggerId: trigger.id })).leftovers]).toEqual([[], null, []]);
    await expect(takeAwayAgain(context, { triggerId: trigger.id })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("show what they left while their workflow is archived", async () => {
    await shop.query("create table archived (id int primary key)");
    const trigger = await open({ tables: ["archived"], onDisable: "drop" });
    listen();
    await trigger.listening();
    const context = { scope: trigger.scope };
    const { workflowId } = await rawDb().trigger.findUniqueOrThrow({ where: { id: trigger.id } });
    await putSecret(context, { name: "PASSWORD", value: "wrong" });
    await archiveWorkflow(context, { workflowId });
    await expect.poll(async () => cleanUpUnused().then(async () => (await trigger.row()).error), PATIENT).toMatchObject({ code: "clean_up_failed" });
    expect((await getTrigger(context, { triggerId: trigger.id })).leftovers).toMatchObject([{ problem: expect.stringMatching(/password/) as string }]);
    await putSecret(context, { name: "PASSWORD", value: decodeURIComponent(new URL(server.url).password) });
    await takeAwayAgain(context, { triggerId: trigger.id });
    await cleanUpUnused();
    expect([await slots(), (await getTrigger(context, { triggerId: trigger.id })).leftovers]).toEqual([[], []]);
  });

  it("say why they cannot come, and delete a trigger whose server is gone", async () => {
    const [nowhere, noTable] = [await open({ tables: ["gone"], port: 1 }), await open({ tables: ["there_is_none"] })];
    listen();
    await expect.poll(async () => (await noTable.row()).error, PATIENT).toMatchObject({ code: "listener_failed", message: expect.stringContaining("there_is_none") as string });
    await expect.poll(async () => (await nowhere.row()).health, PATIENT).toMatchObject({ state: "failing" });
    const { left } = await deleteTrigger({ scope: nowhere.scope }, { triggerId: nowhere.id });
    expect(left).toMatch(/ECONNREFUSED/);
    await expect(getTrigger({ scope: nowhere.scope }, { triggerId: nowhere.id })).rejects.toMatchObject({ kind: "not_found" });
    // It is tried for a month.
    const context = { scope: nowhere.scope };
    expect(await listLeftovers(context)).toMatchObject({ left: [{ triggerId: nowhere.id, problem: expect.stringMatching(/ECONNREFUSED/) as string }], abandoned: [] });
    await takeAwayAgain(context, { triggerId: nowhere.id });
    expect((await nowhere.row()).health).not.toHaveProperty("retryAt");
    await cleanUpUnused();
    expect(await nowhere.row()).toMatchObject({ health: { state: "failing", retryAt: expect.any(String) as string } });
    await rawDb().trigger.update({ where: { id: nowhere.id }, data: { deletedAt: new Date(Date.now() - 31 * 86_400_000), health: { state: "failing" } } });
    await cleanUpUnused();
    expect((await nowhere.row()).health).toBeNull();
    expect(await listLeftovers(context)).toMatchObject({ left: [], abandoned: [{ problem: expect.stringMatching(/ECONNREFUSED/) as string }] });
    expect(await rawDb().auditEvent.findFirst({ where: { action: "trigger.leftover_abandoned", resourceId: nowhere.id } })).toMatchObject({ after: { problem: expect.stringMatching(/ECONNREFUSED/) as string } });
  });

  it("show a slot that was lost and made again", async () => {
    await shop.query("create table lost (id int primary key)");
    const trigger = await open({ tables: ["lost"] });
    const first = listen();
    await trigger.listening();
    await first.stop();
    await shop.query("select pg_drop_replication_slot($1)", [nameOf(trigger.id)]);
    await rawDb().trigger.update({ where: { id: trigger.id }, data: { health: {} } });
    listen();
    await expect.poll(async () => (await trigger.row()).health, PATIENT).toMatchObject({ state: "listening", message: expect.stringContaining("had to be made again") as string });
  });

  it("make a slot again whose changes the server has thrown away, and say so", async () => {
    await shop.query("create table forgotten (id int primary key)");
    const trigger = await open({ tables: ["forgotten"] });
    const first = listen();
    await trigger.listening();
    await first.stop();
    await shop.query("alter system set max_slot_wal_keep_size = '1MB'");
    await shop.query("select pg_reload_conf()");
    try {
      await vi.waitFor(async () => {
        await shop.query("insert into forgotten select coalesce(max(id), 0) + 1 from forgotten");
        await shop.query("select pg_switch_wal()");
        await shop.query("checkpoint");
        const { rows } = await shop.query<{ wal_status: string }>("select wal_status from pg_replication_slots where slot_name = $1", [nameOf(trigger.id)]);
        expect(rows[0]?.wal_status).toBe("lost");
      }, PATIENT);
    } finally {
      await shop.query("alter system reset max_slot_wal_keep_size");
      await shop.query("select pg_reload_conf()");
    }
    await rawDb().trigger.update({ where: { id: trigger.id }, data: { health: {} } });
    listen();
    await expect.poll(async () => (await trigger.row()).health, PATIENT).toMatchObject({ state: "listening", message: expect.stringContaining("thrown away") as string });
  });
});
