import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import { contextFor } from "@/server/trpc/context";
import { createCaller } from "@/server/trpc/root";
import { createSession, findSession } from "@/server/auth/session";
import { releaseBulkJob, takeBulkJob } from "./lease";
import * as service from "./service";
import { makeManyRuns } from "./testing/many-runs";

let scope: Scope;
beforeEach(async () => {
  scope = await makeScope("owner");
});
// Nobody carries out what the tests began.
afterEach(() => sharedPool().query("delete from run_queue where workspace_id = $1", [scope.workspaceId]));
afterAll(closeConnections);

const job = async (id: string) => (await service.listBulkJobs({ scope })).find((one) => one.id === id)!;
const repeated = () => scope.db.run.findMany({ where: { triggerKind: "rerun" }, select: { id: true, options: true }, orderBy: { id: "asc" } });
/** Those of other tests' workspaces are none of this file's. */
const due = () => sharedPool().query("update bulk_job set due_at = now() - interval '1 second' where workspace_id = $1", [scope.workspaceId]);

describe("something for all runs that fit", () => {
  it("repeats each of them once, over many turns, and none that began later", async () => {
    const { ids } = await makeManyRuns(scope, 230, "failed");
    await makeManyRuns(scope, 3, "succeeded");
    expect(await service.countBulk({ scope }, { action: "failure", filter: {} })).toEqual({ count: 230, isMore: false });
    const { id } = await service.rerunAll({ scope }, { filter: {}, from: "failure" });
    expect(await service.workOnBulkJobs()).toBeGreaterThan(1);
    expect(await job(id)).toMatchObject({ action: "failure", state: "done", total: 230, seen: 230, done: 230, refusals: [], isOwn: true });
    const made = await repeated();
    expect(made.map(({ options }) => (options as { rerun: { runId: string; path: string } }).rerun).map(({ runId, path }) => `${runId} ${path}`).sort()).toEqual(ids.map((runId) => `${runId} put`).sort());
    const actions = await scope.db.auditEvent.findMany({ where: { resourceId: id }, orderBy: { id: "asc" }, select: { action: true } });
    expect(actions.map(({ action }) => action)).toEqual(["bulk_job.started", "bulk_job.done"]);
  });

  it("cancels those that have not ended, with the reason, and leaves the others alone", async () => {
    const { ids } = await makeManyRuns(scope, 30, "waiting");
    await makeManyRuns(scope, 3, "succeeded");
    const { id } = await service.cancelAll({ scope }, { filter: {}, reason: "all of them" });
    await service.workOnBulkJobs();
    expect(await job(id)).toMatchObject({ state: "done", total: 30, seen: 30, done: 30 });
    const { rows } = await sharedPool().query<{ runId: string; payload: { reason: string } }>(`select run_id as "runId", payload from run_inbox where workspace_id = $1 and kind = 'cancel' order by run_id`, [scope.workspaceId]);
    expect(rows.map(({ runId, payload }) => [runId, payload.reason])).toEqual([...ids].sort().map((runId) => [runId, "all of them"]));
    expect(await service.cancelAll({ scope }, { filter: { status: ["succeeded"] } })).toMatchObject({ state: "done", total: 0 });
  });

  it("is due at once after a turn, each time", async () => {
    await makeManyRuns(scope, 1, "succeeded");
    const { id } = await service.rerunAll({ scope }, { filter: {}, from: "start" });
    for (let turn = 0; turn < 200; turn++) {
      const job = await takeBulkJob();
      expect(job, `turn ${turn}`).toMatchObject({ id });
      await releaseBulkJob(job!);
    }
    await service.workOnBulkJobs();
  });

  it("stops when told to, goes on from there, and is taken out of the list", async () => {
    await makeManyRuns(scope, 60, "succeeded");
    const { id } = await service.rerunAll({ scope }, { filter: {}, from: "start" });
    const lease = (await takeBulkJob())!;
    expect(lease.id).toBe(id);
    expect(await service.stopBulkJob({ scope }, { jobId: id })).toMatchObject({ state: "stopped", seen: 0 });
    await due();
    await service.workOnBulkJobs();
    expect(await repeated()).toEqual([]);
    const operator = await makeScope("operator", scope.workspaceId);
    expect(await service.listBulkJobs({ scope: operator })).toMatchObject([{ id, isOwn: false }]);
    await expect(service.goOnWithBulkJob({ scope: operator }, { jobId: id })).rejects.toMatchObject({ kind: "invalid_input" });
    await service.goOnWithBulkJob({ scope }, { jobId: id });
    await service.workOnBulkJobs();
    expect(await job(id)).toMatchObject({ state: "done", seen: 60, done: 60 });
    expect(await repeated()).toHaveLength(60);
    await service.dismissBulkJob({ scope }, { jobId: id });
    expect(await service.listBulkJobs({ scope })).toEqual([]);
  });

  it("goes by what its person may when a run comes by, and ends when they are gone", async () => {
    await makeManyRuns(scope, 3, "succeeded");
    const operator = await makeScope("operator", scope.workspaceId);
    const { id } = await service.rerunAll({ scope: operator }, { filter: {}, from: "start" });
    await rawDb().membership.updateMany({ where: { workspaceId: scope.workspaceId, userId: operator.userId! }, data: { role: "viewer" } });
    await service.workOnBulkJobs();
    expect(await job(id)).toMatchObject({ state: "done", seen: 3, done: 0, refusals: [{ message: "This needs the permission run:start.", count: 3 }] });
    const other = await service.rerunAll({ scope: await ownScope(operator, "operator") }, { filter: {}, from: "start" });
    await rawDb().user.update({ where: { id: operator.userId! }, data: { disabledAt: new Date() } });
    await service.workOnBulkJobs();
    expect(await job(other.id)).toMatchObject({ state: "failed", seen: 0, problem: "There is no such workspace." });
    expect(await repeated()).toEqual([]);
  });

  it("is shown to nobody who may cancel nothing, and begun by nobody who may not", async () => {
    await makeManyRuns(scope, 1, "succeeded");
    const { id } = await service.cancelAll({ scope }, { filter: {} });
    const viewer = await makeScope("viewer", scope.workspaceId);
    expect(await service.listBulkJobs({ scope: viewer })).toEqual([]);
    await expect(service.stopBulkJob({ scope: viewer }, { jobId: id })).rejects.toMatchObject({ kind: "not_found" });
    const session = await findSession(await createSession(viewer.userId!));
    const caller = createCaller(contextFor(() => Promise.resolve(session), scope.workspace.slug, { ip: "test", userAgent: null, requestId: "test" }));
    await expect(caller.bulkJobs.cancel({ filter: {} })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(caller.bulkJobs.rerun({ filter: {} })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

async function ownScope({ userId }: Scope, role: string): Promise<Scope> {
  await rawDb().membership.updateMany({ where: { workspaceId: scope.workspaceId, userId: userId! }, data: { role } });
  return openUserScope(userId!, { id: scope.workspaceId });
}
