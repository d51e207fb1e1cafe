import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { waitReasonText, type WaitReason } from "@/server/queue/wait-reason";
import { makeScope } from "@/server/testing/factories";
import { setLimits, viewLimits, whyWaiting } from "./service";

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

it("keeps the limit of a workspace, with an audit event, for those who may", async () => {
  const scope = await makeScope("admin");
  expect(await viewLimits({ scope })).toEqual({ maxConcurrentRuns: null, maxBatchRuns: 10_000, running: 0, queued: 0, oldestQueuedAt: null });
  await setLimits({ scope }, { maxConcurrentRuns: 5 });
  await setLimits({ scope }, { maxConcurrentRuns: 7 });
  await queued(scope.workspaceId, { state: "queued" });
  expect(await viewLimits({ scope })).toMatchObject({ maxConcurrentRuns: 7, queued: 1, oldestQueuedAt: expect.any(String) as string });
  await setLimits({ scope }, { maxConcurrentRuns: null });
  expect((await viewLimits({ scope })).maxConcurrentRuns).toBeNull();
  expect(await rawDb().auditEvent.count({ where: { workspaceId: scope.workspaceId, action: "limits.changed" } })).toBe(3);
});

it("says what a run waits for", async () => {
  const scope = await makeScope("admin");
  const { workspaceId } = scope;
  const why = (runId: string) => scope.db.transaction((tx) => whyWaiting(tx, workspaceId, runId));
  const key = `${newId()} "vip"`;
  const holder = await queued(workspaceId, { state: "running", mutexKey: key });
  await queued(workspaceId, { state: "blocked", mutexKey: key, rank: 1 });
  const blocked = await queued(workspaceId, { state: "blocked", mutexKey: key, rank: 2, waitReason: { kind: "concurrency", key, limit: 1 } });
  expect(await why(blocked)).toEqual({ kind: "concurrency", limit: 1, key: '"vip"', holders: [holder], ahead: 1 });
  expect(await why(holder)).toBeNull();
  const dueAt = new Date("2030-01-01T00:00:00Z");
  const throttled = await queued(workspaceId, { state: "waiting", dueAt, waitReason: { kind: "throttle", limit: 2, periodSeconds: 60 } });
  expect(await why(throttled)).toEqual({ kind: "throttle", limit: 2, periodSeconds: 60, until: dueAt.toISOString() });
  const ready = await queued(workspaceId, { state: "queued" });
  expect(await why(ready)).toEqual({ kind: "no_worker", pool: "default" });
  await rawDb().worker.create({ data: { id: newId(), name: "w", hostname: "h", pid: 1, version: "1", pools: ["default:5"], slots: 1 } });
  expect(await why(ready)).toBeNull();
  await setLimits({ scope }, { maxConcurrentRuns: 1 });
  expect(await why(ready)).toEqual({ kind: "workspace", limit: 1, running: 1 });
  const stranger = await makeScope("admin");
  expect(await stranger.db.transaction((tx) => whyWaiting(tx, stranger.workspaceId, blocked))).toBeNull();
});
