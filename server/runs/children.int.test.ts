import { afterAll, beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { SHOWN_CHILDREN } from "./constants";
import * as service from "./service";

let scope: Scope;
let runId: string;

beforeAll(async () => {
  scope = await makeScope("owner");
  ({ runId } = await service.startInlineRun({ scope }, { definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } }));
});
afterAll(closeConnections);

const beginMore = (count: number, parentPath: string) =>
  rawDb().run.createMany({
    data: Array.from({ length: count }, () => ({ id: newId(), workspaceId: scope.workspaceId, status: "succeeded", input: {}, triggerKind: "subworkflow", rootRunId: runId, parentRunId: runId, parentPath, finishedAt: new Date() })),
  });

it("comes with the first runs that it began, says when there are more, and the list has them by their step", async () => {
  await beginMore(SHOWN_CHILDREN, "each[0]/call");
  expect((await service.getRun({ scope }, { runId })).run).toMatchObject({ hasMoreChildren: false });
  await beginMore(1, "each[500]/call");
  const { run } = await service.getRun({ scope }, { runId });
  expect([run.children.length, run.hasMoreChildren, run.children.some(({ path }) => path === "each[500]/call")]).toEqual([SHOWN_CHILDREN, true, false]);
  const found = await service.listRuns({ scope }, { parentRunId: runId, parentPath: "each[500]/call", limit: 10 });
  expect(found.items.map(({ parentRunId }) => parentRunId)).toEqual([runId]);
  const all = await service.listRuns({ scope }, { parentRunId: runId, limit: 1_000 });
  expect(all.items).toHaveLength(SHOWN_CHILDREN + 1);
});
