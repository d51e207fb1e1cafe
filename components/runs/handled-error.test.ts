import { describe, expect, it } from "vitest";
import { readGraph } from "@/components/canvas/read-graph";
import type { RunView, StepSummary } from "@/server/runs/contract";
import { handledError, stoppedBy } from "./handled-error";
import { newModel } from "./run-model";

const definition = (change: Record<string, unknown>) => ({
  nodes: [{ id: "load", kind: "http", name: "Load", ...change }, { id: "next", kind: "set" }, { id: "tell", kind: "log", name: "Tell somebody" }, { id: "note", kind: "log", name: "Note it" }],
  edges: [{ from: "load", to: "next" }, { from: "load", port: "error", to: "tell" }, { from: "load", port: "error", to: "note" }],
});

/** What is said of a step that failed. */
function told(change: Record<string, unknown>, step: Partial<StepSummary> = {}, run: Record<string, unknown> = {}, isAlone = false, taken = "tell"): string | null {
  const graph = readGraph(definition(change));
  const steps = [{ path: "load", nodeId: "load", attempt: 1, status: "failed", untaken: [], finishedAt: "2026-01-01T00:00:01Z", startedAt: "2026-01-01T00:00:00Z", ...step }, { path: taken, nodeId: taken, attempt: 1, status: "succeeded", untaken: [] }];
  const model = newModel({ run: { id: "r", status: "succeeded", failure: null, ...run }, steps, waits: [], loops: [], more: false, moreWaits: 0, moreOpenSteps: 0, seq: 1 } as unknown as RunView);
  return handledError(model, graph, graph.nodes[0]!, "load", isAlone);
}

describe("the error of a step that failed", () => {
  it("goes to the steps behind its port error, those alone whose connection was taken", () => {
    expect(told({ onError: "route" })).toBe("Its error goes to Tell somebody and Note it.");
    expect(told({ onError: "route" }, { untaken: [1] }, {}, false, "note")).toBe("Its error goes to Note it.");
    expect(told({ onError: "route" }, { untaken: [1] })).toBe("Its error was to go to Note it, and nothing started there.");
    expect(told({ onError: "route" }, { untaken: [1] }, { status: "running" })).toBe("Its error goes to Note it.");
    expect(told({ onError: "route" }, { untaken: [1, 2] })).toBe("No connection takes its error: it goes nowhere.");
    expect(told({ onError: "route" }, {}, {}, true)).toBe("In a run its error goes to Tell somebody and Note it.");
  });

  it("is passed over where the run goes on without an output", () => {
    expect(told({ onError: "continue" })).toBe("The run goes on without its output.");
    expect(told({ onError: "continue" }, {}, {}, true)).toBe("In a run it goes on without an output.");
  });

  it("has nothing said of it that is not so", () => {
    expect(told({})).toBeNull();
    expect(told({ onError: "route" }, { status: "succeeded" })).toBeNull();
    // Another attempt may follow, or the choice of the way failed.
    expect(told({ onError: "route", retry: { maxAttempts: 3 } }, {}, { status: "running" })).toBeNull();
    expect(told({ onError: "route" }, {}, { status: "failed", failure: { code: "x", message: "x", path: "load" } })).toBeNull();
  });
});

describe("a step that was stopped", () => {
  const told = (run: Record<string, unknown>, status = "cancelled", failedAt = "2026-01-01T00:00:01Z") => {
    const steps = [
      { path: "each[2]/tell", nodeId: "tell", attempt: 1, status, untaken: [], startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z" },
      { path: "each[0]/load", nodeId: "load", attempt: 1, status: "failed", untaken: [], startedAt: failedAt, finishedAt: failedAt },
    ];
    const model = newModel({ run: { id: "r", failure: null, ...run }, steps, waits: [], loops: [], more: false, moreWaits: 0, moreOpenSteps: 0, seq: 1 } as unknown as RunView);
    return stoppedBy(model, readGraph(definition({})), "each[2]/tell");
  };

  it("says which step failed then, or that the run was cancelled", () => {
    expect(told({ status: "failed", failure: { code: "x", message: "x", path: "each[0]/load" } })).toBe("It was stopped when Load failed.");
    expect(told({ status: "cancelled" })).toBe("It was stopped when the run was cancelled.");
    expect(told({ status: "failed", failure: { code: "run_timeout", message: "x" } })).toBeNull();
    expect(told({ status: "cancelled" }, "succeeded")).toBeNull();
    // Something else had stopped it: the run went on.
    expect(told({ status: "cancelled" }, "cancelled", "2026-01-01T01:00:00Z")).toBeNull();
    expect(told({ status: "failed", failure: { code: "x", message: "x", path: "each[0]/load" } }, "cancelled", "2026-01-01T01:00:00Z")).toBeNull();
  });
});
