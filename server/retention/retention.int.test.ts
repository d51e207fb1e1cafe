import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readBlob, sweepBlobs } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { deleteTrigger, dispatchDue, getTrigger, recordEvent } from "@/server/triggers/service";
import { DEFAULT_POLICY } from "./contract";
import { LeaseLost, takeWorkspace } from "./lease";
import { BEGINNING } from "./looked-at";
import { removeBelongings, ROWS_PER_PIECE } from "./remove-belongings";
import { looked, removeRuns } from "./remove-runs";
import { Round } from "./round";
import { workOnDue } from "./runtime";
import { setRetention, viewRemovals, viewRetention, viewSizes } from "./service";
import { RetentionScene, TABLES } from "./testing/scene";
import { runsToThin } from "./thin-runs";

let scene: RetentionScene;

beforeEach(async () => {
  scene = await RetentionScene.open();
});
afterAll(closeConnections);

const round = async () => {
  await scene.due();
  await workOnDue();
};
const there = async (ids: readonly string[]) => (await rawDb().run.findMany({ where: { id: { in: [...ids] } } })).map(({ id }) => id).sort();
const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));

describe("retention of runs", () => {
  it("removes old ended runs from every table and leaves the others whole", async () => {
    const old = [await scene.run({ ageDays: 91 }), await scene.run({ ageDays: 400 }), await scene.run({ ageDays: 91, workflowId: null })];
    const staying = [await scene.run({ ageDays: 20 }), await scene.run({ ageDays: 400, kept: true }), await scene.run({ ageDays: 400, ended: false })];
    await round();
    expect(await scene.rows(old)).toEqual(nothing);
    expect(await there(staying)).toEqual([...staying].sort());
    expect(await scene.rows([staying[0]!, staying[1]!])).toMatchObject({ step_run: 2, run_log: 4, run_search: 2, wait: 2 });
    const removals = await viewRemovals({ scope: scene.scope });
    expect(removals.map(({ workflow, runs, logs }) => [workflow?.name ?? null, runs, logs]).sort()).toEqual([[null, 1, 2], ["Old", 2, 4]].sort());
    expect(await viewRetention({ scope: scene.scope })).toMatchObject({ defaults: DEFAULT_POLICY, workspace: {}, error: null, lastAt: expect.any(String) as string });
  });

  it("keeps families together until the last of them may go", async () => {
    const parent = await scene.run({ ageDays: 100 });
    const child = await scene.run({ ageDays: 100, parent });
    const keptParent = await scene.run({ ageDays: 100 });
    const keptChild = await scene.run({ ageDays: 100, parent: keptParent, kept: true });
    const youngParent = await scene.run({ ageDays: 100 });
    const youngChild = await scene.run({ ageDays: 10, parent: youngParent });
    const openParent = await scene.run({ ageDays: 100, ended: false });
    const endedChild = await scene.run({ ageDays: 100, parent: openParent });
    await round();
    expect(await scene.rows([parent, child])).toEqual(nothing);
    expect(await there([keptParent, keptChild, youngParent, youngChild, openParent, endedChild])).toHaveLength(6);
  });

  it("goes by the days of the workflow, then of its version, then of the workspace", async () => {
    const [short, forever, declared] = [await scene.workflow("Short"), await scene.workflow("Forever"), await scene.workflow("Declared")];
    const { scope } = scene;
    await setRetention({ scope }, { days: { runDays: 50, logDays: null } });
    await setRetention({ scope }, { workflowId: short, days: { runDays: 5 } });
    await setRetention({ scope }, { workflowId: forever, days: { runDays: null } });
    const versionId = short.replace(/^.{8}/, "00000000");
    await rawDb().workflowVersion.create({ data: { id: versionId, workspaceId: scope.workspaceId, workflowId: declared, number: 1, listed: true, definition: { settings: { retentionDays: 7 } }, hash: "0".repeat(64) } });
    await rawDb().workflow.update({ where: { id: declared }, data: { publishedVersionId: versionId } });
    const ages = async (workflowId: string, ...days: number[]) => Promise.all(days.map((ageDays) => scene.run({ workflowId, ageDays })));
    const runs = { short: await ages(short, 4, 6), forever: await ages(forever, 3_000), declared: await ages(declared, 6, 8), other: await ages(scene.workflowId, 49, 51) };
    await round();
    expect(await there(Object.values(runs).flat())).toEqual([runs.short[0], runs.forever[0], runs.declared[0], runs.other[0]].sort());
    expect((await viewRetention({ scope })).workflows.find(({ name }) => name === "Short")).toMatchObject({ days: { runDays: 5 }, effective: { runDays: 5, logDays: null, eventDays: 30 } });
    expect(await rawDb().auditEvent.count({ where: { action: "retention.changed", workspaceId: scope.workspaceId } })).toBe(3);
  });

  it("removes hundreds in batches, however often it is told to stop", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(await scene.run({ ageDays: 200 }));
    await sharedPool().query(
      `insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, created_at, finished_at)
       select gen_random_uuid(), $1, $2, 'succeeded', '{}', 'manual', $3, now() - interval '100 days', now() - interval '100 days' from generate_series(1, 450)`,
      [scene.scope.workspaceId, scene.workflowId, ids[0]],
    );
    await scene.due();
    const stopped = new AbortController();
    stopped.abort();
    await workOnDue(stopped.signal);
    expect(await rawDb().run.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(453);
    await Promise.all([workOnDue(), workOnDue()]);
    expect(await rawDb().run.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(0);
    expect((await viewRemovals({ scope: scene.scope }))[0]).toMatchObject({ runs: 453 });
  });

  it("removes a large family from above, and a run of many rows in pieces, out of sight at once", async () => {
    const parent = await scene.run({ ageDays: 100 });
    await sharedPool().query(
      `insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, parent_run_id, parent_path, parent_attempt, created_at, finished_at)
       select gen_random_uuid(), $1, $2, 'succeeded', '{}', 'subworkflow', $3, $3, 'c', 1, now() - interval '99 days', now() - interval '99 days' from generate_series(1, 700)`,
      [scene.scope.workspaceId, scene.workflowId, parent],
    );
    const steps = 2 * ROWS_PER_PIECE + 100;
    await sharedPool().query(
      `insert into step_run (run_id, path, attempt, workspace_id, node_id, kind, status, started_at, finished_at)
       select $2, 'loop[' || n || ']/a', 1, $1, 'a', 'set', 'succeeded', now(), now() from generate_series(1, $3::int) n`,
      [scene.scope.workspaceId, parent, steps],
    );
    await scene.due();
    const lease = (await takeWorkspace())!;
    await removeRuns(lease, scene.workflowId, new Date(), { workflowIds: [scene.workflowId], cutoffs: [new Date()] }, BEGINNING);
    expect(await there([parent])).toEqual([]);
    expect(await rawDb().run.count({ where: { workspaceId: lease.workspaceId } })).toBe(201);
    const left: number[] = [];
    while (await removeBelongings(lease)) left.push(await rawDb().stepRun.count({ where: { runId: parent } }));
    expect(left[0]).toBeGreaterThan(steps - ROWS_PER_PIECE);
    expect(left.slice(1).every((count, at) => left[at]! - count <= ROWS_PER_PIECE)).toBe(true);
    expect(await scene.rows([parent])).toEqual(nothing);
    await round();
    expect(await rawDb().run.count({ where: { workspaceId: lease.workspaceId } })).toBe(0);
    expect(await rawDb().retentionGone.count({ where: { workspaceId: lease.workspaceId } })).toBe(0);
    expect((await viewRemovals({ scope: scene.scope }))[0]).toMatchObject({ runs: 701, logs: 2 });
  });

  it("keeps its lease while it finds nothing to remove, and ends when another has it", async () => {
    await scene.due();
    const lease = (await takeWorkspace())!;
    const { workspaceId } = lease;
    const lapse = () => rawDb().retentionState.update({ where: { workspaceId }, data: { leaseUntil: new Date(Date.now() - 60_000) } });
    await lapse();
    await new Round(lease, new AbortController().signal, Date.now(), 0).work();
    expect((await rawDb().retentionState.findUniqueOrThrow({ where: { workspaceId } })).leaseUntil!.getTime()).toBeGreaterThan(Date.now());
    await lapse();
    await takeWorkspace();
    await expect(new Round(lease, new AbortController().signal, Date.now(), 0).work()).rejects.toThrow(LeaseLost);
  });

  it.each(["workflow", "null"])("finds what is old by the index (%s)", async (which) => {
    await sharedPool().query(
      `insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, created_at, finished_at)
       select gen_random_uuid(), $1, case when n % 100 > 0 then $2::uuid when n % 200 > 0 then $3::uuid end, 'succeeded', '{}', 'manual', $2, now() - make_interval(mins => n), now() from generate_series(1, 20000) n`,
      [scene.scope.workspaceId, scene.workflowId, await scene.workflow("Rare")],
    );
    await sharedPool().query("analyze run");
    const workflowId = which === "null" ? null : await scene.workflow("Empty");
    for (const text of [looked(workflowId), runsToThin(workflowId)]) {
      const { rows } = await sharedPool().query<{ "QUERY PLAN": string }>(`explain ${text}`, [scene.scope.workspaceId, workflowId, new Date(), BEGINNING.createdAt, BEGINNING.id]);
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan).toMatch(/Index Scan Backward using run_workspace_id_workflow_id_created_at_id_idx/);
      expect(plan).toMatch(/Index Cond: .*workspace_id.*workflow_id.*created_at.*ROW/);
      expect(plan).not.toMatch(/Sort/);
    }
  });

  it("passes over a run that somebody is at just now", async () => {
    const id = await scene.run({ ageDays: 100 });
    const client = await sharedPool().connect();
    await client.query("begin");
    await client.query("select from run where id = $1 for share", [id]);
    await round();
    await client.query("commit");
    client.release();
    expect(await there([id])).toEqual([id]);
    await round();
    expect(await there([id])).toEqual([]);
  });
});

describe("retention of logs, blobs and events", () => {
  it("takes logs and large values from runs that stay, and not again what has been seen to", async () => {
    const old = await scene.run({ ageDays: 95, kept: false });
    await setRetention({ scope: scene.scope }, { days: { runDays: null } });
    const young = await scene.run({ ageDays: 5 });
    const blob = await scene.blob({ type: "run", id: old });
    const shared = await scene.blob({ type: "run", id: old }, [young]);
    await round();
    await sweepBlobs();
    expect(await scene.rows([old])).toMatchObject({ run: 1, step_run: 1, run_log: 0 });
    expect(await scene.rows([young])).toMatchObject({ run_log: 2 });
    const workspace = scene.scope.workspaceId;
    expect([await readBlob(workspace, blob), (await readBlob(workspace, shared))?.length]).toEqual([null, 10]);
    expect((await viewRemovals({ scope: scene.scope }))[0]).toMatchObject({ runs: 0, logs: 2, blobs: 1, blobBytes: 10 });
    const marks = await rawDb().retentionState.findUnique({ where: { workspaceId: workspace } });
    expect(marks?.marks).toMatchObject({ [scene.workflowId]: { logs: expect.any(String) as string } });
  });

  it("remembers runs that are open or kept, looks at no others again, and takes theirs when their time has come", async () => {
    const [open, kept, ended] = [await scene.run({ ageDays: 50, ended: false }), await scene.run({ ageDays: 45, kept: true }), await scene.run({ ageDays: 40 })];
    const { workspaceId } = scene.scope;
    await round();
    expect(await scene.rows([ended])).toMatchObject({ run_log: 0 });
    expect(await scene.rows([open, kept])).toMatchObject({ run_log: 4 });
    const { marks } = await rawDb().retentionState.findUniqueOrThrow({ where: { workspaceId } });
    const { createdAt } = await rawDb().run.findUniqueOrThrow({ where: { id: ended } });
    expect(marks).toMatchObject({ [scene.workflowId]: { logs: createdAt.toISOString() } });
    await rawDb().run.update({ where: { id: open }, data: { status: "succeeded", finishedAt: new Date(Date.now() - 35 * 86_400_000) } });
    await round();
    expect(await scene.rows([open])).toMatchObject({ run_log: 0 });
    const remembered = () => rawDb().retentionOpen.findMany({ where: { workspaceId, kind: "logs" } });
    expect((await remembered()).map(({ runId }) => runId)).toEqual([kept]);
    await rawDb().run.delete({ where: { id: kept } });
    await round();
    expect(await remembered()).toEqual([]);
  });

  it("leaves the blobs of a removed run to a re-run that reads them, and takes them with the last", async () => {
    const first = await scene.run({ ageDays: 200 });
    const rerun = await scene.run({ ageDays: 10 });
    const [own, shared] = [await scene.blob({ type: "run", id: first }), await scene.blob({ type: "run", id: first }, [rerun])];
    const workspace = scene.scope.workspaceId;
    await round();
    await sweepBlobs();
    expect(await there([first])).toEqual([]);
    expect([await readBlob(workspace, own), (await readBlob(workspace, shared))?.length]).toEqual([null, 10]);
    await rawDb().run.update({ where: { id: rerun }, data: { createdAt: new Date(0), finishedAt: new Date(0) } });
    await round();
    await sweepBlobs();
    expect(await readBlob(workspace, shared)).toBeNull();
    expect(await rawDb().blobShare.count({ where: { workspaceId: workspace } })).toBe(0);
  });

  it("removes events that are over, but for those that a run still needs", async () => {
    const trigger = await scene.trigger();
    const run = await scene.run({ ageDays: 40 });
    const open = await scene.run({ ageDays: 40, ended: false });
    const gone = [await scene.event(trigger, 31), await scene.event(trigger, 31, { status: "missed" }), await scene.event(trigger, 31, { watched: true })];
    const withFile = await scene.event(trigger, 31, { runId: run });
    await scene.blob({ type: "trigger_event", id: withFile });
    const staying = [withFile, await scene.event(trigger, 29), await scene.event(trigger, 400, { status: "held" }), await scene.event(trigger, 400, { runId: open, watched: true })];
    await round();
    const left = await rawDb().triggerEvent.findMany({ where: { triggerId: trigger } });
    expect(left.map(({ id }) => id).sort()).toEqual(staying.sort());
    expect((await viewRemovals({ scope: scene.scope }))[0]).toMatchObject({ events: gone.length });
  });

  it("keeps the key of an event that it removes for as long as its window lasts", async () => {
    const triggerId = await scene.trigger();
    const day = 86_400;
    const send = (receivedAt?: Date) => recordEvent({ trigger: { id: triggerId, workspaceId: scene.scope.workspaceId }, dedupeKey: "the same", dedupeWindowSeconds: 90 * day, receivedAt });
    const first = await send(new Date(Date.now() - 31 * day * 1_000));
    await sharedPool().query("update trigger_event set status = 'started', processed_at = now() where id = $1", [first.eventId]);
    await round();
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(0);
    expect(await send()).toMatchObject({ eventId: first.eventId, runId: first.runId, status: "started", isNew: false });
    await sharedPool().query("update trigger_key set received_at = now() - interval '91 days' where trigger_id = $1", [triggerId]);
    const second = await send();
    expect([second.isNew, second.runId === first.runId]).toEqual([true, false]);
    expect(await rawDb().triggerKey.count({ where: { triggerId } })).toBe(0);
    await sharedPool().query("insert into trigger_key (trigger_id, workspace_id, key, event_id, run_id, status, received_at, until) values ($1, $2, 'over', $1, $1, 'started', now(), now() - interval '1 second')", [triggerId, scene.scope.workspaceId]);
    await round();
    expect(await rawDb().triggerKey.count({ where: { triggerId } })).toBe(0);
  });

  it("has committed the key of an event before that is removed", async () => {
    const triggerId = await scene.trigger();
    const { eventId } = await recordEvent({ trigger: { id: triggerId, workspaceId: scene.scope.workspaceId }, dedupeKey: "both", dedupeWindowSeconds: 90 * 86_400, receivedAt: new Date(Date.now() - 31 * 86_400_000) });
    await sharedPool().query("update trigger_event set status = 'started', processed_at = now() where id = $1", [eventId]);
    const blocker = await sharedPool().connect();
    let done: Promise<unknown>;
    try {
      // Rows may be chosen, but not removed.
      await blocker.query("begin; lock table trigger_event in share row exclusive mode");
      done = round();
      await expect.poll(() => rawDb().triggerKey.count({ where: { triggerId } })).toBe(1);
      expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(1);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
    await done;
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(0);
  });

  it("starts nothing when the same event comes before its key is kept and is written after it is gone", async () => {
    const triggerId = await scene.trigger();
    const send = (dedupeKey: string, receivedAt?: Date) => recordEvent({ trigger: { id: triggerId, workspaceId: scene.scope.workspaceId }, dedupeKey, dedupeWindowSeconds: 90 * 86_400, receivedAt });
    const first = await send("spans", new Date(Date.now() - 31 * 86_400_000));
    await sharedPool().query("update trigger_event set status = 'started', processed_at = now() where id = $1", [first.eventId]);
    await sharedPool().query("update trigger set capture_until = now() + interval '1 hour' where id = $1", [triggerId]);
    const blocker = await sharedPool().connect();
    let both: Promise<Awaited<ReturnType<typeof send>>[]>;
    try {
      // The statement that records both wants to capture the other one: it has seen the inbox as it is, and waits.
      await blocker.query("begin");
      await blocker.query("select from trigger where id = $1 for no key update", [triggerId]);
      both = Promise.all([send("another"), send("spans")]);
      await expect.poll(async () => (await sharedPool().query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%capturing%'")).rowCount).toBe(1);
      await round();
      expect([await rawDb().triggerEvent.count({ where: { triggerId } }), await rawDb().triggerKey.count({ where: { triggerId } })]).toEqual([0, 1]);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
    expect(await both).toMatchObject([{ status: "captured" }, { eventId: first.eventId, runId: first.runId, status: "started", isNew: false }]);
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(1);
  });

  it("goes on behind a batch that nothing could be removed of", async () => {
    const triggerId = await scene.trigger();
    const { workspaceId } = scene.scope;
    await sharedPool().query(
      `insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, status, processed_at, received_at, key_until)
       select gen_random_uuid(), $1, $2, g::text, gen_random_uuid(), 'started', now(), now() - interval '60 days' + make_interval(secs => g), case when g <= 500 then now() + interval '1 day' end from generate_series(1, 510) g`,
      [workspaceId, triggerId],
    );
    // Somebody takes them up again as soon as their keys are kept.
    await sharedPool().query("create function take_up() returns trigger language plpgsql as $$ begin update trigger_event set status = 'received', processed_at = null where id = new.event_id; return null; end $$");
    await sharedPool().query("create trigger take_up after insert on trigger_key for each row execute function take_up()");
    try {
      await round();
    } finally {
      await sharedPool().query("drop function take_up cascade");
    }
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(500);
    // They are due, for whoever looks next.
    await rawDb().triggerEvent.deleteMany({ where: { triggerId } });
  });

  it("empties a deleted trigger in batches, and then its row goes", async () => {
    const [triggerId, other] = [await scene.trigger(), await scene.trigger()];
    await scene.event(other, 1);
    await sharedPool().query(
      "insert into trigger_event (id, workspace_id, trigger_id, dedupe_key, run_id, status, processed_at) select gen_random_uuid(), $1, $2, g::text, gen_random_uuid(), case when g % 2 = 0 then 'received' else 'started' end, case when g % 2 = 1 then now() end from generate_series(1, 1200) g",
      [scene.scope.workspaceId, triggerId],
    );
    await sharedPool().query("insert into trigger_seen (trigger_id, workspace_id, key) values ($1, $2, sha256('a'))", [triggerId, scene.scope.workspaceId]);
    expect(await deleteTrigger({ scope: scene.scope }, { triggerId })).toEqual({ ok: true, left: null });
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(1_200);
    await expect(getTrigger({ scope: scene.scope }, { triggerId })).rejects.toMatchObject({ kind: "not_found" });
    expect(await dispatchDue()).toBe(0);
    await round();
    expect([await rawDb().triggerEvent.count({ where: { triggerId } }), await rawDb().trigger.count({ where: { id: triggerId } })]).toEqual([0, 0]);
    expect(await rawDb().triggerEvent.count({ where: { triggerId: other } })).toBe(1);
  });
});

describe("the size report", () => {
  it("counts rows and bytes by workflow", async () => {
    const run = await scene.run({ ageDays: 1 });
    await scene.run({ ageDays: 2, kept: true });
    await scene.run({ ageDays: 1, workflowId: null });
    await scene.blob({ type: "run", id: run });
    await scene.event(await scene.trigger(), 1);
    const { workflows } = await viewSizes({ scope: scene.scope });
    const [old, none] = [workflows.find(({ workflow }) => workflow?.name === "Old"), workflows.find(({ workflow }) => workflow === null)];
    expect(old).toMatchObject({ exact: true, keptRuns: 1, runs: { rows: 2 }, steps: { rows: 2 }, logs: { rows: 4 }, events: { rows: 1 }, blobs: { rows: 1, bytes: 10 } });
    expect(old!.runs.bytes).toBeGreaterThan(100);
    expect(none).toMatchObject({ runs: { rows: 1 }, steps: { rows: 1 }, logs: { rows: 2 }, blobs: { rows: 0, bytes: 0 } });
  });

  it("works out large workflows from some of their runs", async () => {
    await sharedPool().query(
      `with made as (
         insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, created_at, finished_at)
         select gen_random_uuid(), $1, $2, 'succeeded', '{}', 'manual', $2, now() - make_interval(secs => n), now() from generate_series(1, 1000) n returning id)
       insert into step_run (run_id, path, attempt, workspace_id, node_id, kind, status, started_at, finished_at)
       select id, p, 1, $1, 'a', 'set', 'succeeded', now(), now() from made, unnest(array['a', 'b', 'c']) p`,
      [scene.scope.workspaceId, scene.workflowId],
    );
    const { workflows } = await viewSizes({ scope: scene.scope });
    expect(workflows[0]).toMatchObject({ exact: false, runs: { rows: 1_000 }, steps: { rows: 3_000 } });
  });
});
