import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const signal = (payload: unknown) => ({ resumption: { cause: "signal", ref: "1" }, payload }) as const;

describe("subworkflow", () => {
  bench.workflows.set("invoice@latest", { workflowId: "w1", versionId: "v2", number: 2, name: "invoice", settings: {} });
  const child = { workflowId: "w1", versionId: "v2", input: { a: 1 }, labels: {} };
  const config = { workflow: "invoice", input: { a: "{{ 1 }}" } };

  it("waits for the child", async () => {
    expect(await bench.run("subworkflow", config)).toEqual({ type: "waiting", wait: { kind: "child", childRunId: "child-1", detail: child } });
  });

  it("waits no longer than it may", async () => {
    const limited = { ...config, expiresAfterSeconds: 60 };
    expect(await bench.run("subworkflow", limited)).toEqual({ type: "waiting", wait: { kind: "child", childRunId: "child-1", detail: child, until: NOW + 60_000 } });
    const elapsed = { resumption: { cause: "elapsed" }, payload: null } as const;
    expect(await bench.resume("subworkflow", limited, elapsed)).toMatchObject({ type: "failed", retryable: true, error: { code: "timeout" } });
  });

  it("only starts it when detached", async () => {
    expect(await bench.run("subworkflow", { ...config, wait: false })).toEqual({ type: "succeeded", output: { runId: "child-1" }, child });
  });

  it("refuses what does not exist, and endless nesting", async () => {
    expect(await bench.run("subworkflow", { workflow: "invoice", version: 9 })).toMatchObject({ type: "failed", error: { code: "workflow_not_found", field: "/workflow" } });
    expect(await bench.run("subworkflow", config, { depth: 3 })).toMatchObject({ type: "failed", error: { code: "subworkflow_depth" } });
  });

  it("takes over the child's end", async () => {
    const end = (more: object) => signal({ runId: "r", status: "succeeded", output: null, error: null, ...more });
    expect(await bench.resume("subworkflow", config, end({ output: 5 }))).toEqual({ type: "succeeded", output: 5 });
    const error = { code: "http_status", message: "no", details: { secret: "stays there" } };
    expect(await bench.resume("subworkflow", config, end({ status: "failed", error }))).toMatchObject({
      type: "failed", retryable: true, error: { code: "child_failed", details: { runId: "r" }, cause: { code: "http_status", message: "no" } },
    });
    expect(await bench.resume("subworkflow", config, end({ status: "cancelled" }))).toMatchObject({ error: { code: "child_cancelled" } });
  });
});
