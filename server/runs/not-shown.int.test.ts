import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";

afterAll(closeConnections);

it("says how many waits and steps under way there are beside those it comes with, and brings the open waits first", async () => {
  const scope = await makeScope("owner");
  const { workspaceId } = scope;
  const { runId } = await service.startInlineRun({ scope }, { definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } });
  const now = Date.now();
  const waits = (count: number, closedAt: Date | null, openedAt: Date) =>
    rawDb().wait.createMany({ data: Array.from({ length: count }, (_, n) => ({ id: newId(), workspaceId, runId, path: `each[${n}]/w`, attempt: 1, nodeId: "w", kind: "signal", signal: "go", status: closedAt === null ? "open" : "answered", openedAt, closedAt })) });
  const steps = (count: number, at: number) =>
    rawDb().stepRun.createMany({ data: Array.from({ length: count }, (_, n) => ({ runId, workspaceId, path: `s${at + n}`, attempt: 1, nodeId: "s", kind: "http", status: "running", startedAt: new Date(now + at + n) })) });
  await waits(3, null, new Date(now - 60_000));
  await waits(497, new Date(now), new Date(now));
  await steps(2_000, 0);
  expect(await service.getRun({ scope }, { runId })).toMatchObject({ moreWaits: 0, moreOpenSteps: 0 });
  await waits(4, new Date(now), new Date(now));
  await steps(5, 2_000);
  const view = await service.getRun({ scope }, { runId });
  expect(view).toMatchObject({ moreWaits: 4, moreOpenSteps: 5, more: false });
  expect([view.waits.length, view.waits.filter(({ status }) => status === "open").length, view.steps.length]).toEqual([500, 3, 2_000]);
  expect(await service.getSteps({ scope }, { runId, afterSeq: 0 })).toMatchObject({ moreWaits: 4, moreOpenSteps: 5 });
  // The page asks for the rest.
  const paths: string[] = [];
  for (let after: string | undefined, pages = 0; pages === 0 || after !== undefined; pages++) {
    const { steps: found, next } = await service.getOpenSteps({ scope }, { runId, outline: true, within: [], limit: 500, after });
    paths.push(...found.map(({ path }) => path));
    after = next ?? undefined;
  }
  expect([paths.length, new Set(paths).size]).toEqual([2_005, 2_005]);
  await expect(service.getOpenSteps({ scope: await makeScope("owner") }, { runId, outline: false, within: [], limit: 1 })).rejects.toMatchObject({ kind: "not_found" });
});
