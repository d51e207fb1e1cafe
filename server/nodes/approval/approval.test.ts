import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";
import { tallyAnswers } from "@/server/nodes/wait-details";

const bench = createStepBench();
afterAll(() => bench.close());

const elapsed = { resumption: { cause: "elapsed" }, payload: null } as const;
const signal = (payload: unknown) => ({ resumption: { cause: "signal", ref: "1" }, payload }) as const;

describe("approval", () => {
  const config = { title: "Pay?", requiredAnswers: 2, remindAfterSeconds: 10, expiresAfterSeconds: 20, approvers: ["a@example.com", "b@example.com"] };
  const answer = (by: string, decision: "approved" | "rejected", values: unknown = null) => ({ by, decision, values, comment: "", at: "2026-01-31T12:00:00Z" });

  it("waits with what people need to see", async () => {
    expect(await bench.run("approval", { ...config, message: "{{ 1 }}" })).toEqual({
      type: "waiting",
      wait: { kind: "approval", until: NOW + 20_000, remindAt: NOW + 10_000, detail: { title: "Pay?", message: "1", form: null, approvers: config.approvers, requiredAnswers: 2, excludesStarter: false } },
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
