import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { anyEdits, EMPTY } from "@/components/builder/testing/random-edits";
import { projectToFlow } from "@/components/canvas/project-to-flow";
import { readGraph } from "@/components/canvas/read-graph";
import { kindShapes } from "@/components/canvas/catalog";
import { definitionSchema } from "@/server/engine/definition";
import { isSameValue } from "@/server/nodes/same-value";
import { countChanges, diffDefinitions, normalize } from "./diff-definitions";
import { drawDiff } from "./diff-canvas";

const base = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "ask", kind: "http", name: "Ask", config: { url: "https://a.example", headers: { accept: "json" } }, position: { x: 0, y: 100 } },
  ],
  edges: [{ from: "start", to: "ask" }],
  settings: { timeoutSeconds: 60 },
};
const [start, ask] = base.nodes as [object, { config: object }];

describe("diffDefinitions", () => {
  it("names the fields that changed, and takes left-out defaults for what they mean", () => {
    const diff = diffDefinitions(definitionSchema.parse(base), { ...base, nodes: [start, { ...ask, config: { ...ask.config, headers: { accept: "xml" } } }], settings: {} })!;
    expect(diff.nodes).toEqual([{ id: "ask", name: "Ask", kind: "changed", fields: [{ path: ["config", "headers", "accept"], before: "json", after: "xml" }] }]);
    expect(diff.run).toEqual([{ path: ["settings", "timeoutSeconds"], before: 60, after: undefined }]);
    expect([diff.edges, diff.isLayoutOnly, countChanges(diff)]).toEqual([[], false, 2]);
  });

  it("tells steps and connections that came, went, or only moved", () => {
    const after = { ...base, nodes: [start, { id: "log", kind: "log", name: "Log" }], edges: [{ from: "start", to: "log" }] };
    const diff = diffDefinitions(base, after)!;
    expect(diff.nodes.map(({ id, kind }) => `${kind} ${id}`)).toEqual(["added log", "removed ask"]);
    expect(diff.edges.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["added Start → Log", "removed Start → Ask"]);
    const drawing = drawDiff(base, after, diff)!;
    expect(drawing.document.nodes.map(({ id }) => id)).toEqual(["start", "log", "ask"]);
    expect([...drawing.marks.edgeChanges!]).toEqual([["edge-0", "added"], ["edge-1", "removed"]]);
    expect(diffDefinitions(base, { ...base, nodes: [start, { ...ask, position: { x: 50, y: 100 } }] })).toMatchObject({ isLayoutOnly: true, nodes: [{ id: "ask", kind: "moved" }] });
    expect(diffDefinitions(base, { nodes: 1 })).toBeNull();
  });

  it("is empty exactly for equal definitions, and can always be drawn", () => {
    fc.assert(
      fc.property(anyEdits, anyEdits, (some, more) => {
        const before = some.reduce((draft, edit) => edit(draft), EMPTY);
        const after = more.reduce((draft, edit) => edit(draft), before);
        const sorted = (document: unknown) => ({ ...normalize(document)!, nodes: normalize(document)!.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)), edges: normalize(document)!.edges.map((edge) => JSON.stringify(edge)).toSorted() });
        const diff = diffDefinitions(before, after)!;
        expect(countChanges(diff) === 0).toBe(isSameValue(sorted(before), sorted(after)));
        expect(countChanges(diffDefinitions(before, definitionSchema.parse(before))!)).toBe(0);
        const drawing = drawDiff(before, after, diff)!;
        const drawn = new Set(projectToFlow(readGraph(drawing.document), { shapes: kindShapes, isCollapsed: () => false }).nodes.map(({ id }) => id));
        expect([...drawing.marks.marks.keys()].filter((id) => !drawn.has(id))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
