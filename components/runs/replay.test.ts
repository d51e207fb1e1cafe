import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import type { RunView, StepSummary } from "@/server/runs/contract";
import { modelAt, momentsOf, replaySpan } from "./replay";
import { newModel } from "./run-model";

const START = Date.UTC(2026, 0, 1);
const moment = (offset: number) => new Date(START + offset).toISOString();

function view(steps: StepSummary[]): RunView {
  return {
    run: {
      id: "run", workflow: null, version: null, environment: null, mode: "production", status: "succeeded", trigger: "manual", createdAt: moment(0), startedAt: moment(0), finishedAt: moment(10_000), failure: null,
      parentRunId: null, labels: {}, terminationReason: null, rootRunId: "run", kept: false, rerunOf: null, startedBy: null, identity: null, children: [], hasMoreChildren: false, sizes: { input: null, output: null, error: null },
    },
    steps, waits: [], moreWaits: 0, moreOpenSteps: 0, loops: [], seq: 1, more: false, definition: {},
  };
}

const steps = fc
  .uniqueArray(fc.record({ path: fc.constantFrom("a", "b", "loop", "loop[0]", "loop[1]", "loop[1]/c"), attempt: fc.integer({ min: 1, max: 3 }), begin: fc.nat({ max: 9_000 }), length: fc.nat({ max: 1_000 }) }), { selector: ({ path, attempt }) => `${path}#${attempt}` })
  .map((all) => all.map(({ path, attempt, begin, length }): StepSummary => ({
    path, attempt, nodeId: path, kind: "set", status: "succeeded", port: null, items: null, startedAt: moment(begin), finishedAt: moment(begin + length),
    workerId: null, failure: null, progress: null, untaken: [], sizes: { input: null, output: null, error: null },
  })));

describe("modelAt", () => {
  it("shows what had begun, and as running what had not ended", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 10_000 }), (all, offset) => {
        const shown = modelAt(newModel(view(all)), START + offset);
        const seen = [...shown.steps.values()].flat();
        expect(seen.map(({ path, attempt }) => `${path}#${attempt}`).sort()).toEqual(all.filter(({ startedAt }) => Date.parse(startedAt) <= START + offset).map(({ path, attempt }) => `${path}#${attempt}`).sort());
        for (const step of seen) {
          const original = all.find(({ path, attempt }) => path === step.path && attempt === step.attempt)!;
          expect(step.status === "running").toBe(Date.parse(original.finishedAt!) > START + offset);
        }
      }),
    );
  });

  it("is the run itself at its end", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = newModel(view(all));
        expect([...modelAt(model, replaySpan(model, 0).to).steps]).toEqual([...model.steps]);
      }),
    );
  });

  it("stops at every beginning and end, in order", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const moments = momentsOf(newModel(view(all)));
        expect(moments).toEqual([...moments].sort((one, other) => one - other));
        for (const { startedAt } of all) expect(moments).toContain(Date.parse(startedAt));
      }),
    );
  });
});
