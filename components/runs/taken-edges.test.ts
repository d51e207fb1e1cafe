import { expect, it } from "vitest";
import { readGraph } from "@/components/canvas/read-graph";
import type { StepSummary } from "@/server/runs/contract";
import { takenEdges } from "./taken-edges";

const document = {
  nodes: [
    { id: "gate", kind: "if" },
    { id: "small", kind: "set" },
    { id: "big", kind: "set" },
    { id: "tail", kind: "set" },
    { id: "call", kind: "http", onError: "route", retry: { maxAttempts: 2 } },
    { id: "rescue", kind: "set" },
  ],
  edges: [
    { from: "gate", port: "true", to: "small" },
    { from: "gate", port: "false", to: "big" },
    { from: "big", to: "tail" },
    { from: "small", to: "call" },
    { from: "call", to: "tail" },
    { from: "call", port: "error", to: "rescue" },
  ],
};
const graph = readGraph(document);

function step(nodeId: string, change: Partial<StepSummary> = {}): StepSummary {
  return {
    path: nodeId, attempt: 1, nodeId, kind: "set", status: "succeeded", port: null, untaken: [], items: null, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z",
    workerId: null, failure: null, progress: null, sizes: { input: null, output: null, error: null }, ...change,
  };
}

function taken(status: string, ...steps: StepSummary[]): Record<string, boolean> {
  const model = { steps: new Map(steps.map((one) => [one.path, [one]])) };
  return Object.fromEntries([...takenEdges(model, graph, {}, status !== "running")].map(([id, isTaken]) => {
    const { from, to } = document.edges[Number(id.slice("edge-".length))]!;
    return [`${from} ${to}`, isTaken];
  }));
}

it("draws the chosen branch, and the other one with all that only it leads to", () => {
  expect(taken("running", step("gate", { port: "true" }), step("small", { status: "running", finishedAt: null }))).toEqual({ "gate small": true, "gate big": false, "big tail": false });
});

it("leaves what may be tried again open, and draws an error's way", () => {
  const before = [step("gate", { port: "true" }), step("small")] as const;
  expect(taken("running", ...before, step("call", { status: "failed" }))).not.toHaveProperty("call rescue");
  expect(taken("running", ...before, step("call", { status: "failed" }), step("rescue", { status: "running", finishedAt: null }))).toMatchObject({ "call rescue": true, "call tail": false });
});

it("takes none behind a step that gave way to a newer one, that was cancelled, or that the run never came to", () => {
  expect(taken("succeeded", step("gate", { port: "true" }), step("small", { status: "skipped", untaken: [0] }))).toEqual({ "gate small": true, "gate big": false, "small call": false, "big tail": false, "call tail": false, "call rescue": false });
  expect(taken("cancelled", step("gate", { status: "cancelled" }))).toMatchObject({ "gate small": false, "gate big": false });
  expect(taken("running", step("gate", { port: "true" }), step("small", { status: "skipped" }))).toMatchObject({ "small call": true });
});
