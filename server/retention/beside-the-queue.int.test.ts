import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { dispatchDue, recordEvent } from "@/server/triggers/service";
import { definitionWith } from "@/server/triggers/testing/scene";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import { createWorkflow, publish } from "@/server/workflows/service";
import type { Overrides, Policy } from "./contract";
import { workOnDue } from "./runtime";
import { setRetention } from "./service";
import { RetentionScene } from "./testing/scene";

vi.hoisted(() => (process.env.PAYLOAD_INLINE_MAX_BYTES = "1024"));

let worker: InstallationWorker;
let letGo: () => Promise<void> = () => Promise.resolve();
beforeAll(() => {
  // With pools of its own it works on runs and does nothing else.
  worker = startInstallationWorker(() => {}, { pools: ["default"] });
});
afterEach(() => letGo());
afterAll(async () => {
  await worker.stop();
  await closeConnections();
});

const MANY = 400;
const NOTHING: Policy = { runDays: null, logDays: null, blobDays: null, eventDays: null };

/** Old runs, logs, files and events of a workflow that goes on. */
async function open(days: Overrides) {
  const scene = await RetentionScene.open();
  const { scope } = scene;
  const { id: workflowId } = await createWorkflow({ scope }, { name: "Goes on", description: "", definition: definitionWith([{ id: "in", kind: "trigger.webhook", config: {} }]) });
  await publish({ scope }, { workflowId, note: "" });
  await setRetention({ scope }, { days: { ...NOTHING, ...days } });
  const { id: triggerId } = await rawDb().trigger.findFirstOrThrow({ where: { workflowId } });
  const of = [scope.workspaceId, workflowId];
  await sharedPool().query(
    `with made as (
       insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, created_at, finished_at)
       select gen_random_uuid(), $1, $2, 'succeeded', '{}', 'manual', $2, now() - interval '100 days', now() - interval '100 days' from generate_series(1, ${MANY}) returning id),
     logged as (insert into run_log (run_id, workspace_id, path, attempt, level, message, at) select id, $1, 'a', 1, 'info', 'old', now() from made)
     insert into step_run (run_id, path, attempt, workspace_id, node_id, kind, status, started_at, finished_at) select id, 'a', 1, $1, 'a', 'set', 'succeeded', now(), now() from made`,
    of,
  );
  for (let n = 0; n < 3; n += 1) await scene.blob({ type: "run", id: await scene.run({ workflowId, ageDays: 100 }) });
  await sharedPool().query(
    `insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, status, received_at, processed_at)
     select gen_random_uuid(), $1, $2, 'old ' || n, gen_random_uuid(), 'started', now() - interval '100 days', now() from generate_series(1, ${MANY}) n`,
    [scope.workspaceId, triggerId],
  );
  return { scene, workflowId, triggerId };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** A round that stands in the middle of a transaction, with all that it has locked, until it is let go: what it writes last is held. */
async function standingRound({ scene, workflowId }: Opened) {
  const { workspaceId } = scene.scope;
  const holder = await sharedPool().connect();
  await holder.query("insert into retention_removal (workspace_id, day, workflow_id, runs, logs, events, blobs, blob_bytes) select $1, (now() at time zone 'UTC')::date + n, $2, 0, 0, 0, 0, 0 from generate_series(0, 1) n", [workspaceId, workflowId]);
  await holder.query("begin");
  await holder.query("select from retention_removal where workspace_id = $1 order by day for update", [workspaceId]);
  const { rows: [self] } = await holder.query<{ pid: number }>("select pg_backend_pid() as pid");
  await scene.due();
  const done = workOnDue();
  letGo = async () => {
    letGo = () => Promise.resolve();
    await holder.query("rollback");
    holder.release();
    await done;
  };
  const find = () => sharedPool().query<{ pid: number }>("select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))", [self!.pid]);
  await expect.poll(async () => (await find()).rows.length, { timeout: 60_000 }).toBe(1);
  const { pid } = (await find()).rows[0]!;
  const { rows } = await sharedPool().query<{ name: string }>("select distinct relation::regclass::text as name from pg_locks where pid = $1 and mode = 'RowExclusiveLock' order by name", [pid]);
  return {
    writes: rows.map(({ name }) => name),
    /** Who else waits for anything. */
    othersThatWait: async () => (await sharedPool().query("select from pg_locks where not granted and pid <> $1 and (database is null or database = (select oid from pg_database where datname = current_database()))", [pid])).rowCount,
  };
}

/** What is claimed and ends while the round stands can have waited for nothing that it has locked. */
async function runsGoOn({ scene, triggerId }: Opened): Promise<void> {
  const { workspaceId } = scene.scope;
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const text = n % 2 === 0 ? "short" : "long ".repeat(1_000);
    ids.push((await recordEvent({ trigger: { id: triggerId, workspaceId }, dedupeKey: `new ${n}`, body: JSON.stringify({ text }), contentType: "application/json" })).runId);
  }
  await dispatchDue();
  await expect.poll(async () => (await rawDb().run.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } })).map(({ status }) => status), { timeout: 60_000 }).toEqual(ids.map(() => "succeeded"));
  expect(await rawDb().runQueue.count({ where: { runId: { in: ids } } })).toBe(0);
  expect(await rawDb().blob.count({ where: { ownerType: "run", ownerId: { in: ids } } })).toBeGreaterThan(0);
}

describe("a round of retention", () => {
  it.each([
    ["runs", { runDays: 30 }, ["run", "retention_gone"]],
    ["logs", { logDays: 30 }, ["run_log"]],
    ["blobs", { blobDays: 30 }, ["blob"]],
    ["events", { eventDays: 30 }, ["trigger_event"]],
  ] as const)("that removes many %s is in nobody's way: runs of the same trigger begin and end meanwhile", async (what, days, tables) => {
    const opened = await open(days);
    const round = await standingRound(opened);
    expect(round.writes).toEqual(expect.arrayContaining([...tables, "retention_state", "retention_removal"]));
    await runsGoOn(opened);
    await expect.poll(round.othersThatWait).toBe(0);
    await letGo();
    const where = { workspaceId: opened.scene.scope.workspaceId };
    const old = { createdAt: { lt: new Date(Date.now() - 86_400_000) } };
    const left = { runs: await rawDb().run.count({ where: { ...where, ...old } }), logs: await rawDb().runLog.count({ where: { ...where, message: "old" } }), blobs: await rawDb().blob.count({ where: { ...where, ...old, ownerId: { not: null } } }), events: await rawDb().triggerEvent.count({ where: { ...where, dedupeKey: { startsWith: "old" } } }) };
    const all = { runs: MANY + 3, logs: MANY, blobs: 3, events: MANY };
    expect(left).toEqual("runDays" in days ? { ...all, runs: 0, logs: 0, blobs: 0 } : { ...all, [what]: 0 });
  }, 120_000);

  it("that removes what runs have left behind is in nobody's way either", async () => {
    const opened = await open({ runDays: 30 });
    const { scene, workflowId } = opened;
    await sharedPool().query("with gone as (delete from run where workspace_id = $1 and workflow_id = $2 returning id) insert into retention_gone (workspace_id, workflow_id, run_id) select $1, $2, id from gone", [scene.scope.workspaceId, workflowId]);
    const round = await standingRound(opened);
    expect(round.writes).toEqual(expect.arrayContaining(["run_log", "step_run", "run_event", "blob", "wait", "blob_share", "step_cache"]));
    await runsGoOn(opened);
    await expect.poll(round.othersThatWait).toBe(0);
    await letGo();
    expect(await rawDb().retentionGone.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(0);
    expect(await rawDb().runLog.count({ where: { workspaceId: scene.scope.workspaceId, message: "old" } })).toBe(0);
  }, 120_000);
});
