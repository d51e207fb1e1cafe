import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";
import { makeManyRuns } from "./testing/many-runs";

const WORK = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-jobs.ts"));

afterAll(closeConnections);

it("goes on after kills in the middle of more than 1,000 runs, and sees to each once", async () => {
  const scope = await makeScope("owner");
  const { ids } = await makeManyRuns(scope, 1_050, "succeeded");
  const { id } = await service.rerunAll({ scope }, { filter: {}, from: "start" });
  const job = async () => (await service.listBulkJobs({ scope })).find((one) => one.id === id)!;
  const due = () => sharedPool().query("update bulk_job set due_at = now() - interval '1 second' where id = $1", [id]);
  // In the middle of a portion; after one was counted.
  expect(await dieAt("bulk-run-seen-to:130", WORK)).toBe("SIGKILL");
  expect(await job()).toMatchObject({ state: "running", total: 1_050, seen: 125, done: 125 });
  // The dead process holds it: nobody else goes on before that is over.
  expect(await service.workOnBulkJobs()).toBe(0);
  await due();
  expect(await dieAt("bulk-portion-counted:10", WORK)).toBe("SIGKILL");
  expect(await job()).toMatchObject({ state: "running", seen: 375, done: 375 });
  await due();
  await service.workOnBulkJobs();
  expect(await job()).toMatchObject({ state: "done", seen: 1_050, done: 1_050, refusals: [] });
  const { rows } = await sharedPool().query<{ count: number; distinct: number }>(`select count(*)::int as count, count(distinct id)::int as distinct from run where workspace_id = $1 and trigger_kind = 'rerun'`, [scope.workspaceId]);
  expect(rows).toEqual([{ count: ids.length, distinct: ids.length }]);
});
