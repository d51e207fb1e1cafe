import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { kindShapes } from "@/components/canvas/catalog";
import { overlap, type Box } from "@/components/canvas/geometry";
import { projectToFlow } from "@/components/canvas/project-to-flow";
import { readGraph } from "@/components/canvas/read-graph";
import { align } from "./align-nodes";
import { addAnnotation, carryAnnotations } from "./annotations";
import type { Draft } from "./draft";
import { dropNodes, dropTarget } from "./drop-nodes";
import { insertNode } from "./insert-node";
import { edgeObjection, moveIntoEdge } from "./move-into-edge";
import { setPositions } from "./move-nodes";
import { snapTo } from "./snap-guides";
import { boxesIn } from "./spots";

const draft: Draft = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "a", kind: "set" },
    { id: "b", kind: "if" },
    { id: "c", kind: "log" },
    { id: "loop", kind: "forEach", config: { items: [] } },
    { id: "each", kind: "set", parent: { id: "loop", slot: "body" } },
    { id: "then", kind: "log", parent: { id: "loop", slot: "body" } },
  ],
  edges: [{ from: "start", to: "a" }, { from: "a", to: "b", when: "{{ input.x }}" }, { from: "b", port: "true", to: "c" }, { from: "c", to: "loop" }, { from: "each", to: "then" }],
};
const links = ({ edges }: Draft) => edges.map(({ from, port, to }) => `${from}${port ? `:${port}` : ""}>${to}`).toSorted();
const flowOf = (document: Draft) => projectToFlow(readGraph(document), { shapes: kindShapes });
const at = (document: Draft, id: string) => boxesIn(document, "").get(id)!;

describe("moveIntoEdge", () => {
  it("connects what a step leaves behind, and both sides of where it goes", () => {
    const moved = moveIntoEdge(draft, ["a"], 2);
    expect(links(moved)).toEqual(["a>c", "b:true>a", "c>loop", "each>then", "start>b"]);
  });

  it("takes a chain along as it is, and a condition stays with the edge that is entered", () => {
    const moved = moveIntoEdge(draft, ["c"], 1);
    expect(links(moved)).toEqual(["a>c", "b:true>loop", "c>b", "each>then", "start>a"]);
    expect(moved.edges.find(({ to }) => to === "c")?.when).toBe("{{ input.x }}");
  });

  it("goes into a frame and out of it", () => {
    const inside = moveIntoEdge(draft, ["a"], 4);
    expect(inside.nodes.find(({ id }) => id === "a")?.parent).toEqual({ id: "loop", slot: "body" });
    expect(links(inside)).toEqual(["a>then", "b:true>c", "c>loop", "each>a", "start>b"]);
    const outside = moveIntoEdge(draft, ["then"], 0);
    expect(outside.nodes.find(({ id }) => id === "then")?.parent).toBeUndefined();
    expect(links(outside)).toEqual(["a>b", "b:true>c", "c>loop", "start>then", "then>a"]);
  });

  it("refuses edges of its own, triggers, and frames in themselves", () => {
    expect(edgeObjection(draft, ["a"], 0)).toMatch(/connected by it/);
    expect(edgeObjection(draft, ["start"], 3)).toMatch(/trigger/);
    expect(edgeObjection(draft, ["loop"], 4)).toMatch(/connected by it|itself/);
    expect(moveIntoEdge(draft, ["a"], 0)).toBe(draft);
  });

  it("makes room in an arranged workflow", () => {
    const arranged = setPositions(draft, boxesIn(draft, ""));
    const moved = moveIntoEdge(arranged, ["a"], 2);
    const boxes = [...boxesIn(moved, "").values()];
    boxes.forEach((one, index) => expect(boxes.slice(index + 1).some((other) => overlap(one, other))).toBe(false));
    expect(at(moved, "a").y).toBeGreaterThan(at(moved, "b").y);
    expect(at(moved, "a").y).toBeLessThan(at(moved, "c").y);
  });
});

describe("dropNodes", () => {
  it("puts a step into the edge below the pointer", () => {
    const flow = flowOf(draft);
    const start = at(draft, "start");
    const point = { x: start.x + start.width / 2, y: start.y + start.height + 20 };
    const drop = { draft, flow, moved: new Map([["c", { x: 0, y: 0 }]]), point };
    expect(dropTarget(drop)).toMatchObject({ into: "edge", canvasId: "edge-0" });
    expect(links(dropNodes(drop).draft)).toContain("start>c");
  });

  it("connects what a step leaves behind when it goes into a frame", () => {
    const flow = flowOf(draft);
    const loop = at(draft, "loop");
    const { draft: next, removed } = dropNodes({ draft, flow, moved: new Map([["a", { x: 0, y: 0 }]]), point: { x: loop.x + 40, y: loop.y + 100 } });
    expect(next.nodes.find(({ id }) => id === "a")?.parent).toEqual({ id: "loop", slot: "body" });
    expect(links(next)).toContain("start>b");
    expect(removed).toEqual([]);
  });
});

describe("new nodes", () => {
  it("never lie on others, wherever they are put", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("set", "forEach", "if", "parallel"), fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 })), { minLength: 1, maxLength: 8 }), (puts) => {
        const arranged = setPositions(draft, boxesIn(draft, ""));
        const full = puts.reduce((current, [kind, x, y]) => insertNode(current, kind, { at: "free", position: { x, y } }).draft, arranged);
        const given: Box[] = full.nodes.filter(({ parent }) => parent === undefined).map((node) => ({ ...node.position!, ...pick(boxesIn(full, "").get(node.id)!) }));
        given.forEach((one, index) => expect(given.slice(index + 1).some((other) => overlap(one, other))).toBe(false));
      }),
      { numRuns: 40 },
    );
  });
});

const pick = ({ width, height }: Box) => ({ width, height });

describe("notes", () => {
  it("go along with the step they lie nearest to", () => {
    const { draft: noted, id } = addAnnotation(draft, { x: at(draft, "c").x + 300, y: at(draft, "c").y });
    const inserted = carryAnnotations(noted, insertNode(noted, "set", { at: "edge", index: 0 }).draft);
    const note = inserted.annotations?.find((annotation) => annotation.id === id);
    expect(note?.position.y).toBe(at(draft, "c").y + (at(inserted, "c").y - at(draft, "c").y));
    expect(note?.position.y).toBeGreaterThan(at(draft, "c").y);
  });
});

describe("align", () => {
  const boxes = new Map<string, Box>([["a", { x: 0, y: 0, width: 100, height: 50 }], ["b", { x: 140, y: 30, width: 200, height: 60 }], ["c", { x: 500, y: 10, width: 100, height: 50 }]]);
  it.each([
    ["left", { x: 0, y: 30 }],
    ["right", { x: 400, y: 30 }],
    ["top", { x: 140, y: 0 }],
    ["middle", { x: 140, y: 15 }],
    ["columns", { x: 200, y: 30 }],
  ] as const)("%s", (how, place) => {
    expect(align(boxes, how).get("b")).toEqual(place);
  });

  it("distributes with equal gaps and without overlaps", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.constant(0), width: fc.integer({ min: 10, max: 300 }), height: fc.constant(10) }), { minLength: 2, maxLength: 6 }), (given) => {
        const placed = align(new Map(given.map((one, index) => [String(index), one])), "columns");
        const after = given.map((one, index) => ({ ...one, ...placed.get(String(index))! })).toSorted((one, other) => one.x - other.x);
        after.slice(1).forEach((one, index) => expect(one.x).toBeGreaterThanOrEqual(after[index]!.x + after[index]!.width - 1));
      }),
    );
  });
});

describe("snapTo", () => {
  const other: Box = { x: 100, y: 100, width: 200, height: 60 };
  it("lies down on the middle of another, and shows the line", () => {
    const { by, guides } = snapTo({ x: 148, y: 300, width: 100, height: 60 }, [other]);
    expect(by).toEqual({ x: 2, y: 0 });
    expect(guides).toEqual([{ from: { x: 200, y: 100 }, to: { x: 200, y: 360 } }]);
  });

  it("stays free when nothing is near", () => {
    expect(snapTo({ x: 380, y: 300, width: 90, height: 60 }, [other])).toEqual({ by: { x: 0, y: 0 }, guides: [] });
  });
});
