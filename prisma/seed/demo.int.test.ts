import { afterAll, expect, test, vi } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { serveSamples } from "@/server/examples/serve";
import { makeScope } from "@/server/testing/factories";
import { demo } from "./scenarios/demo";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

test("the demo comes to an end: every example has run, or waits for a person or a signal", async () => {
  const samples = await serveSamples();
  process.env.MILLRACE_URL = samples.baseUrl;
  const scope = await makeScope("owner");
  expect(await demo.make(scope)).toBe(`/${scope.workspace.slug}/runs`);
  await samples.close();
  const runs = await rawDb().run.findMany({ where: { workspaceId: scope.workspaceId, parentRunId: null }, select: { id: true, status: true } });
  const waits = await rawDb().wait.findMany({ where: { workspaceId: scope.workspaceId, status: "open" }, select: { runId: true, kind: true } });
  const resting = runs.filter(({ id, status }) => status !== "succeeded" && !waits.some(({ runId }) => runId === id));
  expect(resting.map(({ status }) => status)).toEqual(["failed"]);
  expect(waits.map(({ kind }) => kind).toSorted()).toEqual(["approval", "signal"]);
});
