import { expect, it } from "vitest";
import type { MissingInDraft } from "@/server/transfer/contract";
import { missingProblems } from "./missing-problems";

const definition = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "ask", kind: "http", config: { url: "https://example.com/{{ vars.PLACE }}", headers: { "x/y": "{{ secrets.KEY }}" } } },
    { id: "call", kind: "subworkflow", config: { workflow: "called", version: 3 } },
  ],
  edges: [{ from: "start", to: "ask" }, { from: "ask", to: "call", when: "{{ vars.LIMIT }}" }],
  output: { shown: "{{ vars.SHOWN }}" },
  settings: { errorWorkflow: "handler" },
};
const of = (missing: MissingInDraft["missing"], isPart = false) => missingProblems(definition, { missing, isPart });
const paths = (missing: MissingInDraft["missing"]) => of(missing).map(({ nodeId, path }) => `${nodeId ?? ""} ${path}`.trim());

it("points at each place that names what is not there", () => {
  expect(paths([
    { type: "variable", name: "PLACE", nodeIds: ["ask"] },
    { type: "secret", name: "KEY", nodeIds: ["ask"] },
    { type: "workflow", name: "called", nodeIds: ["call"] },
    { type: "workflow", name: "called", version: 3, nodeIds: ["call"] },
    { type: "variable", name: "LIMIT", nodeIds: ["ask"] },
    { type: "variable", name: "SHOWN", nodeIds: [""] },
    { type: "workflow", name: "handler", nodeIds: [""] },
  ])).toEqual(["ask /nodes/1/config/url", "ask /nodes/1/config/headers/x~1y", "call /nodes/2/config/workflow", "call /nodes/2/config/version", "ask /edges/1/when", "/output/shown", "/settings/errorWorkflow"]);
});

it("says nothing of what the draft names no more, and how far it was looked", () => {
  expect(paths([{ type: "variable", name: "GONE", nodeIds: ["ask", "gone", ""] }, { type: "workflow", name: "other", nodeIds: ["call"] }, { type: "workflow", name: "called", version: 2, nodeIds: ["call"] }])).toEqual([]);
  expect(of([{ type: "workflow", name: "called", nodeIds: ["call"] }], true)).toEqual([{ severity: "warning", code: "unknown_reference", message: 'There is no workflow "called" in this workspace that you may see.', nodeId: "call", path: "/nodes/2/config/workflow" }]);
});
