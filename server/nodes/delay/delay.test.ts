import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";
import { tallyAnswers } from "@/server/nodes/wait-details";

/** The kinds that wait. */
const bench = createStepBench();
afterAll(() => bench.close());

const elapsed = { resumption: { cause: "elapsed" }, payload: null } as const;
const signal = (payload: unknown) => ({ resumption: { cause: "signal", ref: "1" }, payload }) as const;

describe("delay", () => {
  it.each<[string, Record<string, unknown>, number]>([
    ["a duration", { hours: 1, minutes: 1, seconds: 1.5 }, NOW + 3_661_500],
    ["days", { days: 2 }, NOW + 172_800_000],
    ["a text", { until: "2026-02-01T00:00:00Z" }, Date.UTC(2026, 1, 1)],
    ["a number", { until: NOW + 5 }, NOW + 5],
    ["a date", { until: "{{ new Date(2100, 0, 1) }}" }, Date.UTC(2100, 0, 1)],
  ])("waits for %s", async (_name, config, until) => {
    expect(await bench.run("delay", config)).toMatchObject({ type: "waiting", wait: { kind: "delay", until } });
  });

  it("does not wait for what has passed", async () => {
    expect(await bench.run("delay", { until: 0 })).toEqual({ type: "succeeded", output: { until: "1970-01-01T00:00:00.000Z" } });
    expect(await bench.run("delay", { seconds: 0 })).toMatchObject({ type: "succeeded" });
  });

  it.each([["soon"], [1e300], [true]])("refuses until: %j", async (until) => {
    expect(await bench.run("delay", { until })).toMatchObject({ type: "failed", error: { code: "invalid_moment", field: "/until" } });
  });

  it("goes on", async () => {
    expect(await bench.resume("delay", { seconds: 1 }, elapsed)).toMatchObject({ type: "succeeded" });
  });
});

describe("wait.signal", () => {
  const config = { signal: "paid-{{ input }}", expiresAfterSeconds: 60, schema: { type: "object", required: ["amount"] } };

  it("waits for its name", async () => {
    expect(await bench.run("wait.signal", config, { scope: { input: 7 } })).toEqual({ type: "waiting", wait: { kind: "signal", signal: "paid-7", until: NOW + 60_000 } });
  });

  it("answers the payload, checked", async () => {
    expect(await bench.resume("wait.signal", config, signal({ amount: 1 }))).toEqual({ type: "succeeded", output: { amount: 1 } });
    expect(await bench.resume("wait.signal", config, signal({}))).toMatchObject({ type: "failed", error: { code: "invalid_signal" } });
  });

  it("expires", async () => {
    expect(await bench.resume("wait.signal", config, elapsed)).toEqual({ type: "succeeded", output: null, port: "expired" });
  });
});

describe("approval", () => {
  const config = { title: "Pay?", requiredAnswers: 2, remindAfterSeconds: 10, expiresAfterSeconds: 20, approvers: ["a@example.com", "b@example.com"] };
  const answer = (by: string, decision: "approved" | "rejected", values: unknown = null) => ({ by, decision, values, comment: "", at: "2026-01-31T12:00:00Z" });

  it("waits with what people need to see", async () => {
    expect(await bench.run("approval", { ...config, message: "{{ 1 }}" })).toEqual({
      type: "waiting",
      wait: { kind: "approval", until: NOW + 20_000, remindAt: NOW + 10_000, detail: { title: "Pay?", message: "1", form: null, approvers: config.approvers, requiredAnswers: 2 } },
    });
  });

  it("goes on with the decision and the deciding answer's values", async () => {
    const approved = [answer("a", "approved", { x: 1 }), answer("b", "approved", { x: 2 })];
    expect(await bench.resume("approval", config, signal({ answers: approved }))).toEqual({ type: "succeeded", output: { decision: "approved", values: { x: 2 }, answers: approved }, port: "approved" });
    const rejected = [answer("a", "rejected", { why: "no" })];
    expect(await bench.resume("approval", config, signal({ answers: rejected }))).toMatchObject({ output: { decision: "rejected", values: { why: "no" } }, port: "rejected" });
    expect(await bench.resume("approval", config, elapsed)).toMatchObject({ output: { decision: "expired", values: null, answers: [] }, port: "expired" });
  });

  it("does not take half of the answers for all", async () => {
    expect(await bench.resume("approval", config, signal({ answers: [answer("a", "approved")] }))).toMatchObject({ type: "failed", error: { code: "incomplete_answers" } });
    expect(await bench.resume("approval", config, signal("nonsense"))).toMatchObject({ type: "failed", error: { code: "incomplete_answers" } });
  });

  it("counts answers", () => {
    expect(tallyAnswers([], 1)).toBeNull();
    expect(tallyAnswers([{ decision: "approved" }], 2)).toBeNull();
    expect(tallyAnswers([{ decision: "approved" }, { decision: "approved" }], 2)).toBe("approved");
    expect(tallyAnswers([{ decision: "approved" }, { decision: "rejected" }], 3)).toBe("rejected");
  });
});

describe("subworkflow", () => {
  bench.workflows.set("invoice@latest", { workflowId: "w1", versionId: "v2", number: 2, name: "invoice" });
  const child = { workflowId: "w1", versionId: "v2", input: { a: 1 }, labels: {} };
  const config = { workflow: "invoice", input: { a: "{{ 1 }}" } };

  it("waits for the child", async () => {
    expect(await bench.run("subworkflow", config)).toEqual({ type: "waiting", wait: { kind: "child", childRunId: "child-1", detail: child } });
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
