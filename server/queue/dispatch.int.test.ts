import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { announce, insertMessage, insertRun } from "./dispatch";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope("operator");
});
afterAll(closeConnections);

function runOf(scope: Scope) {
  const id = newId();
  return {
    id, workspaceId: scope.workspaceId, workflowId: null, versionId: null, mode: "test" as const, pool: "default", priority: 2,
    input: '{"b":1, "a":"\\u0000"}', trigger: null, triggerKind: "manual", parent: null, rootRunId: id, depth: 0,
    labels: { team: "ops" }, options: {}, ...(scope.userId === null ? {} : { startedById: scope.userId }),
  };
}

const messageTo = (runId: string, key: string) => ({ runId, key, kind: "signal" as const, path: null, attempt: null, name: "go", payload: '{"z":1,"a":2}' });

describe("dispatch in a service's transaction", () => {
  it("makes a run claimable once, input text preserved", async () => {
    const run = runOf(scope);
    const ready = await scope.db.transaction((tx) => insertRun(tx, run));
    expect(ready).toMatchObject({ runId: run.id, pool: "default" });
    expect(await scope.db.transaction((tx) => insertRun(tx, run))).toBeNull();
    announce(ready);
    const [stored] = await rawDb().$queryRaw<{ input: string; by: string }[]>`select input::text, started_by_id as by from run where id = ${run.id}::uuid`;
    expect(stored).toEqual({ input: run.input, by: scope.userId });
    expect(await scope.db.runQueue.count({ where: { runId: run.id, state: "queued" } })).toBe(1);
  });

  it("numbers messages, drops repeated ones, and refuses those to ended or foreign runs", async () => {
    const run = runOf(scope);
    const stranger = await makeScope("admin");
    await scope.db.transaction((tx) => insertRun(tx, run));
    await scope.db.runQueue.update({ where: { runId: run.id }, data: { state: "waiting", startedAt: new Date() } });
    const sent = await scope.db.transaction((tx) => insertMessage(tx, messageTo(run.id, "one")));
    expect(sent?.ready).toMatchObject({ runId: run.id });
    expect(await scope.db.transaction((tx) => insertMessage(tx, messageTo(run.id, "one")))).toEqual({ ready: null });
    await scope.db.transaction((tx) => insertMessage(tx, messageTo(run.id, "two")));
    expect(await stranger.db.transaction((tx) => insertMessage(tx, messageTo(run.id, "three")))).toBeNull();
    expect(await scope.db.transaction((tx) => insertMessage(tx, messageTo(newId(), "one")))).toBeNull();
    const rows = await scope.db.runInbox.findMany({ where: { runId: run.id }, orderBy: { seq: "asc" }, select: { seq: true, key: true } });
    expect(rows).toEqual([{ seq: 1, key: "one" }, { seq: 2, key: "two" }]);
    expect(await scope.db.runQueue.findFirst({ where: { runId: run.id } })).toMatchObject({ inboxSeq: 2, state: "queued" });
  });

  it("leaves nothing behind when the transaction fails", async () => {
    const run = runOf(scope);
    const failing = scope.db.transaction(async (tx) => {
      await insertRun(tx, run);
      throw new Error("after the insert");
    });
    await expect(failing).rejects.toThrow("after the insert");
    expect(await scope.db.run.count({ where: { id: run.id } })).toBe(0);
  });
});
