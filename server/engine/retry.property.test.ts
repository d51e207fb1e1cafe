import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createState, decide } from "./decide";
import { definitionSchema, retrySchema } from "./definition";
import { plan } from "./plan";
import { nextAttemptAt } from "./retry";
import { check } from "@/server/testing/property-runs";

const policies = fc
  .record({
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    strategy: fc.constantFrom("constant" as const, "exponential" as const),
    delaySeconds: fc.integer({ min: 0, max: 1_000 }),
    factor: fc.integer({ min: 1, max: 10 }),
    maxDelaySeconds: fc.integer({ min: 0, max: 10_000 }),
    jitter: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  })
  .map((policy) => retrySchema.parse(policy));

const attempts = fc.integer({ min: 1, max: 12 });

test("the next attempt comes within the jittered part of its delay, the same at every replay, until the attempts are used up", () => {
  check(1_000, fc.property(policies, attempts, fc.string(), (policy, attempt, seed) => {
    const request = { policy, attempt, firstAt: 0, failedAt: 5_000, seed };
    const next = nextAttemptAt(request);
    expect(nextAttemptAt(request)).toBe(next);
    if (attempt >= policy.maxAttempts) {
      expect(next).toBeNull();
      return;
    }
    const grown = policy.strategy === "constant" ? policy.delaySeconds : policy.delaySeconds * policy.factor ** (attempt - 1);
    const longest = Math.min(grown, policy.maxDelaySeconds) * 1_000;
    expect(next).toBeGreaterThanOrEqual(Math.floor(5_000 + longest * (1 - policy.jitter)));
    expect(next).toBeLessThanOrEqual(Math.ceil(5_000 + longest));
  }));
});

test("no attempt begins when maxElapsedSeconds have passed since the first began", () => {
  check(500, fc.property(policies, attempts, fc.integer({ min: 1, max: 2_000 }), (policy, attempt, maxElapsedSeconds) => {
    const next = nextAttemptAt({ policy: { ...policy, maxElapsedSeconds }, attempt, firstAt: 1_000, failedAt: 60_000, seed: "s" });
    if (next !== null) expect(next).toBeLessThanOrEqual(1_000 + maxElapsedSeconds * 1_000);
  }));
});

test("items that fail at the same moment are tried again at different ones", () => {
  const loop = { id: "loop", kind: "forEach", config: { items: "{{ input }}", mode: "parallel", limit: 20 } };
  const step = { id: "x", kind: "http", config: {}, parent: { id: "loop", slot: "body" }, retry: { maxAttempts: 2, delaySeconds: 1_000, jitter: 1 } };
  const planned = plan(definitionSchema.parse({ schema: 1, nodes: [loop, step], edges: [] }));
  const { state } = createState(planned, { startedAt: 0 });
  decide(planned, state, { type: "entered", path: "loop", at: 1, outcome: { status: "entered", items: 20 } });
  for (let item = 0; item < 20; item++) decide(planned, state, { type: "step", path: `loop[${item}]/x`, attempt: 1, at: 2, outcome: { status: "failed", retryable: true } });
  expect(Object.keys(state.timers)).toHaveLength(20);
  expect(new Set(Object.values(state.timers)).size).toBeGreaterThan(15);
});
