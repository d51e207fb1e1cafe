import { afterAll, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

it("runs the version that it names as a child, and says when there is none or when it is too deep", async () => {
  bench.workflows.set("tax@2", { workflowId: "unused", versionId: "version-2", number: 2, name: "tax", settings: {} });
  expect(await bench.run("module", { module: "tax", version: 2, input: { n: 1 } })).toEqual({
    type: "waiting", wait: { kind: "child", childRunId: "child-1", detail: { workflowId: null, versionId: "version-2", input: { n: 1 }, labels: { block: "tax", blockVersion: "2" } } },
  });
  expect(await bench.run("module", { module: "tax", version: 3 })).toMatchObject({ type: "failed", error: { code: "module_not_found", field: "/module" } });
  expect(await bench.run("module", { module: "tax", version: 2 }, { depth: 3 })).toMatchObject({ type: "failed", error: { code: "subworkflow_depth" } });
});

it("waits no longer than it may", async () => {
  bench.workflows.set("slow@1", { workflowId: "unused", versionId: "slow-1", number: 1, name: "slow", settings: {} });
  const limited = { module: "slow", version: 1, expiresAfterSeconds: 60 };
  expect(await bench.run("module", limited)).toMatchObject({ type: "waiting", wait: { kind: "child", until: NOW + 60_000 } });
  expect(await bench.resume("module", limited, { resumption: { cause: "elapsed" }, payload: null })).toMatchObject({ type: "failed", retryable: true, error: { code: "timeout" } });
});

it("gives its child's output, or fails with the child's error", async () => {
  const ended = (payload: unknown) => bench.resume("module", { module: "tax", version: 2 }, { resumption: { cause: "signal", ref: "1" }, payload });
  expect(await ended({ runId: "child-1", status: "succeeded", output: 7, error: null })).toEqual({ type: "succeeded", output: 7 });
  expect(await ended({ runId: "child-1", status: "failed", output: null, error: { code: "broke", message: "it broke" } })).toMatchObject({ type: "failed", error: { code: "child_failed", cause: { code: "broke" } } });
});
