import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "@/server/db/client";
import { env } from "@/server/env";
import type { Wake } from "@/server/engine/ports";
import { Notifier } from "@/server/queue/notifier";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { StoreScene } from "@/server/queue/testing/store-scene";
import { until } from "@/server/testing/conformance/suite";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

describe("notices", () => {
  test("take one connection at most, however long it is away", async () => {
    const pool = createPool({ max: 1, url: env.DATABASE_URL });
    const busy = await pool.connect();
    const notifier = new Notifier(pool, 0);
    for (let sent = 0; sent < 20; sent++) {
      notifier.send({ channel: "millrace_run", item: `a/${sent}` });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(pool.waitingCount).toBe(1);
    busy.release();
    await notifier.close();
    expect(pool.waitingCount).toBe(0);
    await pool.end();
  });

  test("of steps for onlookers wait for what follows, and go out with what somebody waits for", async () => {
    const sent: string[][] = [];
    const pool = { query: async ({ values }: { values: [string[], string[]] }) => void sent.push(values[1]) };
    const notifier = new Notifier(pool as unknown as ConstructorParameters<typeof Notifier>[0], 60_000);
    notifier.send({ channel: "millrace_run", item: "a/1" }, "later");
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([]);
    notifier.send({ channel: "millrace_run", item: "a/2" });
    await until("both to be sent", () => (sent.length > 0 ? true : null));
    expect(sent).toEqual([["a/1,a/2"]]);
    notifier.send({ channel: "millrace_run", item: "a/3" }, "later");
    await notifier.close();
    expect(sent[1]).toEqual(["a/3"]);
  });

  test("that mean nothing are passed over", async () => {
    const store = new PgRunStore({ pool: scene.pool, listenUrl: env.DATABASE_URL, leaseSeconds: 30 });
    const wakes: Wake[] = [];
    const connected = new Promise<void>((resolve) => store.listen((wake) => (wakes.push(wake), resolve())));
    await connected;
    for (const payload of ["", "r/%E0%A4%A/x/1", "r/default/no-workspace/NaN", "m/", "what", "m/00000000-0000-7000-8000-000000000001"]) {
      await scene.rows("select pg_notify('millrace_queue', $1)", payload);
    }
    await until("the last one to be heard", () => (wakes.some((wake) => wake.kind === "message") ? true : null));
    expect(wakes.slice(1)).toEqual([{ kind: "message", runId: "00000000-0000-7000-8000-000000000001" }]);
    await store.close();
  });

  test("reach the workers of other processes", async () => {
    const run = await scene.claimed();
    const store = new PgRunStore({ pool: scene.pool, listenUrl: env.DATABASE_URL, leaseSeconds: 30 });
    const wakes: Wake[] = [];
    await new Promise<void>((resolve) => store.listen((wake) => (wakes.push(wake), resolve())));
    await scene.store.send(scene.signal(run.id, "x"));
    await until("the message to be heard", () => (wakes.some((wake) => wake.kind === "message" && wake.runId === run.id) ? true : null));
    await scene.store.release({ runId: run.id, epoch: run.epoch, inboxSeq: 1, dueAt: null, reason: "queued" });
    await until("the run to be heard of", () => (wakes.some((wake) => wake.kind === "ready" && wake.pools.includes(run.pool)) ? true : null));
    await store.close();
  });
});
