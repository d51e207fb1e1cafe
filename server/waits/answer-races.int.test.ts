import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSystemScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { env } from "@/server/env";
import { openWait, StoreScene } from "@/server/queue/testing/store-scene";
import { until } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";
import { closeWait } from "./answers";
import { lockOpenWait } from "./queries";

let scene: StoreScene;
let scope: Scope;
beforeAll(async () => {
  // Whoever is locked out stays so, and the test with them; for connections that are made from here on.
  await query(`alter database "${new URL(env.DATABASE_URL).pathname.slice(1)}" set deadlock_timeout = '1h'`);
  scene = await StoreScene.open();
  scope = await openSystemScope(scene.workspaceId, { type: "system", id: null, name: "test" }, ["wait:answer"]);
});
afterAll(async () => {
  await scene.close();
  await closeConnections();
});

async function query(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

test("an answer and the worker that ends the same wait do not lock each other out", async () => {
  const run = await scene.claimed();
  await scene.store.flush(scene.write(run, { waits: [openWait("ask", Date.now(), { kind: "approval" })] }));
  const [{ id = "" } = {}] = await scene.rows<{ id: string }>("select id from wait where run_id = $1", run.id);
  const [locked, goOn] = [new Gate(), new Gate()];
  const answered = scope.db.transaction(async (tx) => {
    const wait = await lockOpenWait(tx, id);
    locked.open();
    await goOn.opened;
    return closeWait(tx, wait, JSON.stringify({ answers: [] }), []);
  });
  await locked.opened;
  const ended = scene.store.flush(scene.write(run, { waits: [{ op: "close", path: "ask", attempt: 1, status: "expired", at: Date.now() }] }));
  await until("the worker to wait for the answer", async () => {
    const waiting = await scene.rows("select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
    return waiting.length > 0 ? true : null;
  });
  goOn.open();
  expect(await answered).toMatchObject({ runId: run.id });
  expect(await ended).toBe("ok");
  expect(await scene.waits(run.id)).toEqual([{ path: "ask", status: "answered" }]);
  expect(await scene.state(run.id)).toEqual([{ state: "running", inboxSeq: 1 }]);
});
