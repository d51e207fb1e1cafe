import net from "node:net";
import type { Pool, PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { createPool, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { isConnectionProblem } from "@/server/queue/database-errors";
import { Notifier } from "@/server/queue/notifier";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { StoreScene, stepEnd } from "@/server/queue/testing/store-scene";
import { within } from "@/server/queue/within";

let scene: StoreScene;
let pool: Pool;
let other: PoolClient;
const stores: PgRunStore[] = [];
beforeAll(async () => {
  scene = await StoreScene.open();
  pool = createQueuePool({ max: 4, url: env.DATABASE_URL, times: { lockMs: 100 } });
});
/** Somebody else, who holds what they have locked until they are done. */
beforeEach(async () => {
  other = await sharedPool().connect();
  await other.query("begin");
});
afterEach(async () => {
  await other.query("rollback");
  other.release();
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await pool.end();
  await scene.close();
});

function storeOf(leaseSeconds: number, its = pool): PgRunStore {
  const store = new PgRunStore({ pool: its, leaseSeconds });
  stores.push(store);
  return store;
}

const holdRow = (runId: string) => other.query("select from run_queue where run_id = $1 for update", [runId]);
const holdTable = (table: string) => other.query(`lock table ${table} in access exclusive mode`);
const failureOf = (work: Promise<unknown>) => work.then((answer) => ({ answer }), (error: unknown) => error);

describe("whose row somebody holds waits by itself", () => {
  test("and is written once it is given back; those that were sent with it, and after it, are written at once", async () => {
    const store = storeOf(30);
    const [held, second, third, beside] = [await scene.claimed(), await scene.claimed(), await scene.claimed(), await scene.claimed()];
    const write = (run: typeof held, n = 1) => scene.write(run, { steps: [stepEnd(`s${n}`, n, String(n))], logs: [{ path: `s${n}`, attempt: 1, level: "info", message: "once", at: Date.now() }] });
    for (const run of [held, second, third]) await holdRow(run.id);
    let ended = 0;
    // Rich ones and plain ones, more than there are lanes and connections.
    const waiting = [held, second, third].map((run, n) => store.flush({ ...write(run), ...(n === 0 ? { isCleared: true } : {}) }).finally(() => (ended += 1)));
    expect(await store.flush(write(beside))).toBe("ok");
    expect(await store.flush({ ...write(beside, 2), isCleared: true })).toBe("ok");
    expect(ended).toBe(0);
    await other.query("commit");
    expect(await Promise.all(waiting)).toEqual(["ok", "ok", "ok"]);
    for (const { id } of [held, second, third]) {
      expect(await scene.rows("select path from step_run where run_id = $1", id)).toEqual([{ path: "s1" }]);
      expect(await scene.rows("select message from run_log where run_id = $1", id)).toEqual([{ message: "once" }]);
    }
  });

  test("and is given up with its lease", async () => {
    const run = await scene.claimed();
    await holdRow(run.id);
    const failure = await failureOf(storeOf(0.2).flush(scene.write(run, { steps: [stepEnd("a", 1, "1")] })));
    expect([isConnectionProblem(failure), failure]).toEqual([true, failure]);
  });
});

describe("a statement that hangs is given up", () => {
  test("a claim, a renewal and what is due, and they go well when the table is free again", async () => {
    const run = await scene.claimed();
    const store = storeOf(30);
    const claim = () => store.claim({ workerId: newId(), pools: [newId()], limit: 1 });
    const renew = () => store.heartbeat(newId(), [{ runId: run.id, epoch: run.epoch, inboxSeq: 0 }]);
    await holdTable("run_queue");
    for (const work of [claim, renew, () => store.promote(), () => store.giveBackUnheld(newId(), [])]) {
      const failure = await failureOf(work());
      expect([isConnectionProblem(failure), failure]).toEqual([true, failure]);
    }
    await other.query("rollback");
    expect(await claim()).toEqual([]);
    expect(await renew()).toMatchObject({ lost: [] });
  });

  test("a renewal within a part of the lease, although the server says nothing", async () => {
    const patient = createQueuePool({ max: 1, url: env.DATABASE_URL, times: { lockMs: 600_000, statementMs: 600_000 } });
    const run = await scene.claimed();
    await holdTable("run_queue");
    const failure = await failureOf(storeOf(1, patient).heartbeat(newId(), [{ runId: run.id, epoch: run.epoch, inboxSeq: 0 }]));
    expect([isConnectionProblem(failure), failure]).toEqual([true, failure]);
    await other.query("rollback");
    expect((await patient.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    await patient.end();
  });

  test("its connection with it: what follows in the transaction fails, and the next one has another", async () => {
    const single = createPool({ max: 1, url: env.DATABASE_URL });
    const client = await single.connect();
    await client.query("begin");
    const [hung, next] = await Promise.all([failureOf(client.query(within(50, { text: "select pg_sleep(600)" }))), failureOf(client.query("rollback"))]);
    for (const failure of [hung, next]) expect([isConnectionProblem(failure), failure]).toEqual([true, failure]);
    client.release();
    expect((await single.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    await single.end();
  });

  test("a notice to a server that has gone silent, and the later ones are sent by another connection", async () => {
    const url = new URL(env.DATABASE_URL);
    const [port, host] = [Number(url.port === "" ? 5432 : url.port), url.hostname];
    const [near, far] = [new Set<net.Socket>(), new Set<net.Socket>()];
    const relay = net.createServer((socket) => {
      const server = net.connect(port, host);
      near.add(socket);
      far.add(server);
      socket.pipe(server).pipe(socket);
      for (const [one, its] of [[socket, server], [server, socket]] as const) one.on("error", () => {}).on("close", () => its.destroy());
    });
    await new Promise<void>((listening) => relay.listen(0, "127.0.0.1", listening));
    url.hostname = "127.0.0.1";
    url.port = String((relay.address() as net.AddressInfo).port);
    const single = createPool({ max: 1, url: url.href });
    await single.query("select 1");
    for (const socket of near) socket.unpipe();
    const notifier = new Notifier(single, 5, 100);
    const listener = await sharedPool().connect();
    const heard: string[] = [];
    listener.on("notification", ({ payload = "" }) => heard.push(payload));
    await listener.query("listen millrace_run");
    notifier.send({ channel: "millrace_run", item: "first" });
    await new Promise((resolve) => setImmediate(resolve));
    // On a slow machine the time of a later one may be over too before it has a connection.
    await expect.poll(() => (notifier.send({ channel: "millrace_run", item: "second" }), heard)).toContain("second");
    expect(heard.join()).not.toContain("first");
    await notifier.close();
    listener.release(true);
    await single.end();
    for (const socket of [...near, ...far]) socket.destroy();
    relay.close();
  });
});
