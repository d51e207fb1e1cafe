import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { givenSteps, runMarks } from "@/components/runs/run-marks";
import { newModel } from "@/components/runs/run-model";
import { takenEdges } from "@/components/runs/taken-edges";
import type { RunView, StepSummary } from "@/server/runs/contract";
import { ItemCount } from "./item-count";
import { itemsOnEdge } from "./items-on-edge";
import { readGraph } from "./read-graph";

const graph = readGraph({
  nodes: [
    { id: "load", kind: "http", onError: "route" },
    { id: "each", kind: "forEach" },
    { id: "tell", kind: "log" },
    { id: "done", kind: "set" },
  ],
  edges: [
    { from: "load", to: "each" },
    { from: "load", port: "error", to: "tell" },
    { from: "each", to: "done" },
  ],
});

const step = (nodeId: string, change: Partial<StepSummary> = {}): StepSummary => ({
  path: nodeId, attempt: 1, nodeId, kind: "set", status: "succeeded", port: null, untaken: [], items: null, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z",
  workerId: null, failure: null, progress: null, sizes: { input: null, output: null, error: null }, ...change,
});

/** What stands at the edges of a run with these steps. */
function drawn(counts: Record<string, number>, ...steps: StepSummary[]): Record<string, string> {
  const model = newModel({ run: { id: "r", status: "succeeded" }, steps, waits: [], loops: [], more: false, moreWaits: 0, moreOpenSteps: 0, seq: 1 } as unknown as RunView);
  const marks = { marks: runMarks(model, graph, {}, new Map(), new Map(Object.entries(counts))), edgesTaken: takenEdges(model, graph, {}, true) };
  return Object.fromEntries(graph.edges.flatMap(({ from, port, to, index }) => {
    const items = itemsOnEdge({ id: `edge-${index}`, source: from, target: to, port }, marks);
    return items === null ? [] : [[`${from} ${to}`, renderToStaticMarkup(<ItemCount items={items} x={0} y={0} />).replaceAll(/<[^>]*>/g, "")]];
  }));
}

it("tells what a step gave, what the loop behind takes of it, and what the loop gave", () => {
  const steps = [step("load"), step("each", { items: 1_200 }), step("done")];
  expect(drawn({ load: 1_200, each: 1_200 }, ...steps)).toEqual({ "load each": "1,200 items", "each done": "1,200 items" });
  expect(drawn({ load: 2_000, each: 1 }, ...steps)).toEqual({ "load each": "2,000 items, 1,200 taken", "each done": "1 item" });
  expect(drawn({}, ...steps)).toEqual({ "load each": "1,200 items" });
  expect(drawn({ load: 0 }, step("load"), step("each", { items: 0 }))).toEqual({ "load each": "0 items" });
});

it("says nothing at edges that were not taken, nor of what failed", () => {
  expect(drawn({ load: 3 }, step("load", { port: "error" }), step("tell"))).toEqual({ "load tell": "3 items" });
  expect(drawn({ load: 3 }, step("load", { status: "failed" }), step("tell"))).toEqual({});
  expect(drawn({ load: 3 }, step("load", { untaken: [0] }))).toEqual({});
});

it("asks for the steps that gave something alone", () => {
  const model = newModel({ run: { id: "r", status: "running" }, steps: [step("load", { status: "failed" }), step("load", { attempt: 2 }), step("each", { status: "running", finishedAt: null })], waits: [], loops: [], more: false, moreWaits: 0, moreOpenSteps: 0, seq: 1 } as unknown as RunView);
  expect(givenSteps(model, graph, {})).toEqual([{ id: "load", runId: "r", path: "load", attempt: 2 }]);
});
