import { afterAll, expect, it } from "vitest";
import { openUserScope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { readWaitReason, waitReasonText, type WaitReason } from "@/server/queue/wait-reason";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { createWorkflow } from "@/server/workflows/service";
import { waitBriefsSchema, waitReasonViewSchema } from "./contract";
import { briefWaits, listStepWaits, setLimits, viewLimits, whyWaiting } from "./service";

afterAll(closeConnections);

interface Queued {
  state: string;
  mutexKey?: string;
  waitReason?: WaitReason;
  rank?: number;
  dueAt?: Date;
}

async function queued(workspaceId: string, { state, mutexKey, waitReason, rank = 0, dueAt }: Queued): Promise<string> {
  const id = newId();
  await rawDb().run.create({ data: { id, workspaceId, input: {}, triggerKind: "manual", rootRunId: id } });
  const lease = state === "running" ? { leaseOwner: newId(), leaseUntil: new Date() } : {};
  await rawDb().runQueue.create({ data: { runId: id, workspaceId, state, rank: BigInt(rank), mutexKey, dueAt, waitReason: waitReason === undefined ? null : waitReasonText(waitReason), ...lease } });
  return id;
}

async function worker(pools: string[], slots: number): Promise<string> {
  const id = newId();
  await rawDb().worker.create({ data: { id, name: "w", hostname: "h", pid: 1, version: "1", pools, slots } });
  return id;
}

it("keeps the limit of a workspace, with an audit event, for those who may", async () => {
  const scope = await makeScope("admin");
  expect(await viewLimits({ scope })).toEqual({ maxConcurrentRuns: null, maxBatchRuns: 10_000, running: 0, queued: 0, queuedIsMore: false, oldestQueuedAt: null });
  await setLimits({ scope }, { maxConcurrentRuns: 5 });
  await setLimits({ scope }, { maxConcurrentRuns: 7 });
  await queued(scope.workspaceId, { state: "queued" });
  expect(await viewLimits({ scope })).toMatchObject({ maxConcurrentRuns: 7, queued: 1, oldestQueuedAt: expect.any(String) as string });
  await setLimits({ scope }, { maxConcurrentRuns: null });
  expect((await viewLimits({ scope })).maxConcurrentRuns).toBeNull();
  expect(await rawDb().auditEvent.count({ where: { workspaceId: scope.workspaceId, action: "limits.changed" } })).toBe(3);
});

it("counts a long queue up to ten thousand, in all pools, and reads what runs without it", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const [other, first] = [await queued(workspaceId, { state: "queued", rank: 7 }), await queued(workspaceId, { state: "queued", rank: 5 })];
  await rawDb().runQueue.update({ where: { runId: other }, data: { pool: "other" } });
  await rawDb().run.update({ where: { id: first }, data: { createdAt: new Date("2026-01-02T00:00:00Z") } });
  await rawDb().run.update({ where: { id: other }, data: { createdAt: new Date("2026-01-01T00:00:00Z") } });
  await queued(workspaceId, { state: "running" });
  expect(await viewLimits({ scope })).toMatchObject({ running: 1, queued: 2, queuedIsMore: false, oldestQueuedAt: "2026-01-01T00:00:00.000Z" });
  await rawDb().$executeRaw`insert into run_queue (run_id, workspace_id, pool, state, rank) select gen_random_uuid(), ${workspaceId}::uuid, 'default', 'queued', 100 + n from generate_series(1, 10500) n`;
  expect(await viewLimits({ scope })).toMatchObject({ running: 1, queued: 10_000, queuedIsMore: true, oldestQueuedAt: "2026-01-01T00:00:00.000Z" });
  await rawDb().runQueue.deleteMany({ where: { workspaceId } });
});

it("says what a run waits for", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const why = (runId: string) => scope.db.transaction((tx) => whyWaiting(tx, workspaceId, runId));
  const key = `${newId()} "vip"`;
  const holder = await queued(workspaceId, { state: "running", mutexKey: key });
  await queued(workspaceId, { state: "blocked", mutexKey: key, rank: 1 });
  const blocked = await queued(workspaceId, { state: "blocked", mutexKey: key, rank: 2, waitReason: { kind: "concurrency", key, limit: 1 } });
  expect(await why(blocked)).toEqual({ kind: "concurrency", limit: 1, key: '"vip"', holders: [holder], ahead: 1, aheadIsMore: false });
  expect(await why(holder)).toBeNull();
  const dueAt = new Date("2030-01-01T00:00:00Z");
  const throttled = await queued(workspaceId, { state: "waiting", dueAt, waitReason: { kind: "throttle", limit: 2, periodSeconds: 60, key: `${newId()} "vip"` } });
  expect(await why(throttled)).toEqual({ kind: "throttle", limit: 2, periodSeconds: 60, key: '"vip"', until: dueAt.toISOString(), ahead: 0, aheadIsMore: false });
  const { waitReason: same } = await rawDb().runQueue.findUniqueOrThrow({ where: { runId: throttled } });
  const earlier = await queued(workspaceId, { state: "waiting", dueAt: new Date("2029-12-31T00:00:00Z"), waitReason: readWaitReason(same)! });
  await queued(workspaceId, { state: "waiting", dueAt: new Date("2029-12-31T00:00:00Z"), waitReason: { kind: "throttle", limit: 2, periodSeconds: 60, key: `${newId()} "other"` } });
  expect([await why(throttled), await why(earlier)]).toMatchObject([{ ahead: 1 }, { ahead: 0 }]);
  // A test that counts apart from production.
  const testKey = `test ${newId()} "vip"`;
  const tested = await queued(workspaceId, { state: "blocked", mutexKey: testKey, waitReason: { kind: "concurrency", key: testKey, limit: 1 } });
  expect(await why(tested)).toMatchObject({ kind: "concurrency", key: '"vip"' });
  // As it was written before an upgrade.
  const debounced = await queued(workspaceId, { state: "waiting", dueAt, waitReason: { kind: "debounce", count: 2 } });
  expect(await why(debounced)).toEqual({ kind: "debounce", count: 2, key: null, until: dueAt.toISOString() });
  const refused = await queued(workspaceId, { state: "waiting", dueAt, waitReason: { kind: "refused", message: "permission denied for table wait", times: 2, until: dueAt.getTime() } });
  const toldOf = { kind: "refused", message: "permission denied for table wait", times: 2, since: null, until: dueAt.toISOString(), isAtWork: false };
  expect(await why(refused)).toMatchObject(toldOf);
  expect(waitReasonViewSchema.parse(await why(refused))).toEqual(toldOf);
  expect(waitBriefsSchema.parse(await briefWaits({ scope }, { runIds: [refused] }))).toEqual([{ runId: refused, reason: toldOf }]);
  // At work: by whoever holds it now, and by nobody before.
  const atWork = { since: 1_000, epoch: 0 };
  const held = await queued(workspaceId, { state: "running", waitReason: { kind: "refused", message: "no right", times: 1, until: dueAt.getTime(), ...atWork } });
  expect(waitReasonViewSchema.parse(await why(held))).toEqual({ kind: "refused", message: "no right", times: 1, since: "1970-01-01T00:00:01.000Z", until: dueAt.toISOString(), isAtWork: true });
  const stuck = await queued(workspaceId, { state: "running", waitReason: { kind: "unstorable", message: "no zero", path: "w", ...atWork } });
  const stuckBy = { kind: "unstorable", message: "no zero", path: "w", since: "1970-01-01T00:00:01.000Z" };
  expect(waitReasonViewSchema.parse(await why(stuck))).toEqual(stuckBy);
  expect(waitBriefsSchema.parse(await briefWaits({ scope }, { runIds: [stuck] }))).toEqual([{ runId: stuck, reason: stuckBy }]);
  await rawDb().runQueue.updateMany({ where: { runId: { in: [held, stuck] } }, data: { leaseEpoch: 1 } });
  expect([await why(held), await why(stuck)]).toEqual([null, null]);
  await rawDb().runQueue.deleteMany({ where: { runId: { in: [held, stuck] } } });
  const ready = await queued(workspaceId, { state: "queued" });
  expect(await why(ready)).toEqual({ kind: "no_worker", pool: "default" });
  await worker(["default:5"], 1);
  expect(await why(ready)).toBeNull();
  // One that is to end takes nothing any more.
  await rawDb().worker.updateMany({ data: { drainRequestedAt: new Date() } });
  expect(await why(ready)).toEqual({ kind: "no_worker", pool: "default" });
  await rawDb().worker.updateMany({ data: { drainRequestedAt: null } });
  await setLimits({ scope }, { maxConcurrentRuns: 1 });
  expect(await why(ready)).toEqual({ kind: "workspace", limit: 1, running: 1 });
  const stranger = await makeScope("admin");
  expect(await stranger.db.transaction((tx) => whyWaiting(tx, stranger.workspaceId, blocked))).toBeNull();
});

it("counts no more of a line than it tells", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const key = `${newId()} null`;
  const last = await queued(workspaceId, { state: "blocked", mutexKey: key, rank: 20_000, waitReason: { kind: "concurrency", key, limit: 1 } });
  await rawDb().$executeRaw`insert into run_queue (run_id, workspace_id, state, mutex_key, rank) select gen_random_uuid(), ${workspaceId}::uuid, 'blocked', ${key}, n from generate_series(1, 10500) n`;
  expect(await scope.db.transaction((tx) => whyWaiting(tx, workspaceId, last))).toMatchObject({ kind: "concurrency", ahead: 10_000, aheadIsMore: true });
  await rawDb().runQueue.deleteMany({ where: { workspaceId } });
});

it("tells people with access to parts of the line and the limit of the whole workspace", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const { id: workflowId } = await createWorkflow({ scope }, { name: "Theirs", description: "" });
  const { id: userId } = await makePerson(scope.organizationId);
  await grantPart(scope, userId, "operator", { workflowId });
  const part = (await openUserScope(userId, { id: workspaceId })).for("run:read");
  const own = await queued(workspaceId, { state: "queued", rank: 9 });
  await rawDb().run.update({ where: { id: own }, data: { workflowId } });
  const others = [await queued(workspaceId, { state: "queued", rank: 1 }), await queued(workspaceId, { state: "queued", rank: 2 }), await queued(workspaceId, { state: "running" })];
  await rawDb().runQueue.updateMany({ where: { runId: { in: [own, ...others] } }, data: { pool: "parts" } });
  const busy = await worker(["parts"], 1);
  await rawDb().runQueue.update({ where: { runId: others[2]! }, data: { leaseOwner: busy } });
  const why = () => part.db.transaction((tx) => whyWaiting(tx, workspaceId, own));
  expect(await why()).toMatchObject({ kind: "workers", ahead: 2 });
  await setLimits({ scope }, { maxConcurrentRuns: 1 });
  expect(await why()).toEqual({ kind: "workspace", limit: 1, running: 1 });
  expect(await part.db.transaction((tx) => whyWaiting(tx, workspaceId, others[0]!))).toBeNull();
});

it("says which steps of a run wait for a place, behind whom, and tells of a list's runs in one line each", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const [holder, first, second] = [await queued(workspaceId, { state: "running" }), await queued(workspaceId, { state: "waiting" }), await queued(workspaceId, { state: "running" })];
  const key = `${newId()} charge "vip"`;
  const place = (runId: string, path: string, askedAt: number, change: { takenAt?: Date } = {}) =>
    rawDb().stepPlace.create({ data: { runId, path, workspaceId, key, most: 1, askedAt: new Date(askedAt), seenAt: new Date(askedAt), ...change } });
  await place(holder, "charge", 1, { takenAt: new Date(2) });
  await place(first, "charge", 3);
  await place(second, "each[0]/charge", 4);
  expect(await listStepWaits({ scope }, { runId: second })).toEqual([{ path: "each[0]/charge", nodeId: "charge", limit: 1, key: '"vip"', since: new Date(4).toISOString(), ahead: 1, aheadIsMore: false, holders: [{ runId: holder, path: "charge" }] }]);
  expect(await listStepWaits({ scope }, { runId: holder })).toEqual([]);
  // Of a long line no more are counted, and none that was told to make way.
  await rawDb().$executeRaw`insert into step_place (run_id, path, workspace_id, key, most, asked_at, seen_at, gives_way_at) select ${first}::uuid, 'each[' || n || ']/charge', ${workspaceId}::uuid, ${key}, 1, to_timestamp(0), now(), case when n <= 5 then now() end from generate_series(1, 10010) n`;
  const aheadNow = async () => (await listStepWaits({ scope }, { runId: second })).map(({ ahead, aheadIsMore }) => [ahead, aheadIsMore]);
  expect(await aheadNow()).toEqual([[10_000, true]]);
  await rawDb().$executeRaw`delete from step_place where run_id = ${first}::uuid and path <> 'charge' and (gives_way_at is null) and path <> 'each[7]/charge'`;
  expect(await aheadNow()).toEqual([[2, false]]);
  await rawDb().$executeRaw`delete from step_place where run_id = ${first}::uuid and path <> 'charge'`;
  const blocked = await queued(workspaceId, { state: "blocked", mutexKey: `${newId()} null`, waitReason: { kind: "concurrency", key: `${newId()} null`, limit: 2 } });
  const lonely = await queued(workspaceId, { state: "queued" });
  await rawDb().runQueue.update({ where: { runId: lonely }, data: { pool: "nobody" } });
  const stranger = await makeScope("admin");
  const foreign = await queued(stranger.workspaceId, { state: "queued" });
  const briefs = await briefWaits({ scope }, { runIds: [holder, first, blocked, lonely, foreign] });
  expect(new Map(briefs.map(({ runId, reason }) => [runId, reason]))).toEqual(new Map<string, unknown>([
    [first, { kind: "steps", nodeId: "charge", limit: 1, count: 1 }],
    [blocked, { kind: "concurrency", limit: 2, key: null }],
    [lonely, { kind: "no_worker", pool: "nobody" }],
  ]));
});

it("says that the places of a pool are taken, who goes first, and that others take turns", async () => {
  const [scope, stranger] = [await makeScope("admin"), await makeScope("admin")];
  const { workspaceId } = scope;
  const why = (runId: string) => scope.db.transaction((tx) => whyWaiting(tx, workspaceId, runId));
  const inPool = async (pool: string, place: { of?: string; state?: string; rank?: number; by?: string; givenBytes?: number; takeovers?: number } = {}) => {
    const runId = await queued(place.of ?? workspaceId, { state: place.state ?? "queued", rank: place.rank ?? 0 });
    await rawDb().runQueue.update({ where: { runId }, data: { pool, ...(place.by === undefined ? {} : { leaseOwner: place.by }), ...(place.givenBytes === undefined ? {} : { givenBytes: place.givenBytes }), ...(place.takeovers === undefined ? {} : { takeovers: place.takeovers }) } });
    return runId;
  };
  const busy = await worker(["gpu:2", "cpu"], 3);
  const first = await inPool("gpu", { rank: 5 });
  const large = await inPool("gpu", { rank: 6, givenBytes: 3_000_000 });
  expect([await why(first), await why(large)]).toEqual([null, { kind: "memory", bytes: 3_000_000 }]);
  // One that is to end takes nothing new.
  await rawDb().worker.update({ where: { id: busy }, data: { drainRequestedAt: new Date() } });
  expect(await why(first)).toEqual({ kind: "no_worker", pool: "gpu" });
  await rawDb().worker.update({ where: { id: busy }, data: { drainRequestedAt: null } });
  expect(await why(await inPool("gpu", { rank: 7, takeovers: 3 }))).toEqual({ kind: "suspect", losses: 3 });
  // One of another workspace's: places are the installation's.
  await inPool("gpu", { state: "running", by: busy, of: stranger.workspaceId });
  expect(await why(first)).toBeNull();
  await inPool("gpu", { state: "running", by: busy });
  expect(await why(first)).toEqual({ kind: "workers", pool: "gpu", places: 2, ahead: 0, aheadIsMore: false, isShared: false });
  expect(await why(large)).toEqual({ kind: "workers", pool: "gpu", places: 2, ahead: 1, aheadIsMore: false, isShared: false });
  await inPool("gpu", { of: stranger.workspaceId });
  expect(await why(first)).toMatchObject({ kind: "workers", isShared: true });
  const other = await inPool("cpu");
  expect(await why(other)).toBeNull();
  await inPool("cpu", { state: "running", by: busy });
  expect(await why(other)).toMatchObject({ kind: "workers", pool: "cpu", places: 3 });
  expect((await briefWaits({ scope }, { runIds: [first, other] })).map(({ reason }) => reason)).toEqual(expect.arrayContaining([{ kind: "workers", pool: "gpu", places: 2 }, { kind: "workers", pool: "cpu", places: 3 }]));
  await worker(["gpu"], 1);
  expect(await why(first)).toBeNull();
});

it("reads few rows of a long queue to say so", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const busy = await worker(["long"], 1);
  const first = await queued(workspaceId, { state: "queued", rank: -5 });
  const holder = await queued(workspaceId, { state: "running" });
  await rawDb().runQueue.updateMany({ where: { runId: { in: [first, holder] } }, data: { pool: "long" } });
  await rawDb().runQueue.update({ where: { runId: holder }, data: { leaseOwner: busy } });
  const last = await queued(workspaceId, { state: "queued", rank: 1_000_000 });
  await rawDb().runQueue.update({ where: { runId: last }, data: { pool: "long" } });
  await rawDb().$executeRaw`insert into run_queue (run_id, workspace_id, pool, state, rank) select gen_random_uuid(), ${workspaceId}::uuid, 'long', 'queued', n from generate_series(1, 20000) n`;
  const why = (runId: string) =>
    scope.db.transaction(async (tx) => {
      const before = await entriesRead(tx);
      const reason = await whyWaiting(tx, workspaceId, runId);
      return { reason, read: (await entriesRead(tx)) - before };
    });
  for (const isAnalyzed of [false, true]) {
    if (isAnalyzed) await rawDb().$executeRaw`analyze run_queue`;
    const [ofFirst, ofLast] = [await why(first), await why(last)];
    expect([ofFirst.reason, ofLast.reason]).toMatchObject([{ kind: "workers", ahead: 0 }, { kind: "workers", ahead: 10_000, aheadIsMore: true }]);
    expect(ofFirst.read).toBeLessThan(200);
    expect(ofLast.read).toBeLessThan(10_200);
  }
  await rawDb().runQueue.deleteMany({ where: { workspaceId } });
});

/** Rows of scans and entries of indexes, by this connection, since it last told of them. */
async function entriesRead(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ read: number }[]>`
    select sum(pg_stat_get_xact_tuples_returned(c.oid))::int as read from pg_class c
    where c.oid = 'run_queue'::regclass or c.oid in (select indexrelid from pg_index where indrelid = 'run_queue'::regclass)`;
  return row!.read;
}
