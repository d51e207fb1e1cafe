import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import type { CanvasNode } from "./flow";
import { projectToFlow } from "./project-to-flow";
import { readGraph } from "./read-graph";
import type { KindShapes } from "./shapes";

const shape = (title: string, ports: string[], slots?: string[]) => ({
  title,
  icon: "",
  group: "Flow",
  ports: () => ports,
  ...(slots === undefined ? {} : { slots: () => slots }),
});
const shapes: KindShapes = {
  set: shape("Set", ["out"]),
  if: shape("If", ["true", "false"]),
  forEach: shape("For each", ["out"], ["body"]),
  tryCatch: shape("Try", ["out"], ["body", "catch", "finally"]),
};

const project = (document: unknown) => projectToFlow(readGraph(document), { shapes });
const find = (nodes: CanvasNode[], id: string) => nodes.find((node) => node.id === id)!;

describe("projectToFlow", () => {
  it("draws containers as frames that hold their slots and these their nodes", () => {
    const { nodes } = project({
      nodes: [
        { id: "inner", kind: "set", parent: { id: "loop", slot: "body" } },
        { id: "loop", kind: "forEach" },
      ],
      edges: [],
    });
    expect(nodes.map(({ id, parentId }) => [id, parentId])).toEqual([
      ["loop", undefined],
      ["loop:body", "loop"],
      ["inner", "loop:body"],
    ]);
  });

  it("shows empty slots, ports of branches, and error ports where errors are routed", () => {
    const { nodes } = project({
      nodes: [
        { id: "try", kind: "tryCatch", onError: "route" },
        { id: "check", kind: "if" },
      ],
      edges: [],
    });
    expect(find(nodes, "try:finally").data).toMatchObject({ isEmpty: true });
    expect(find(nodes, "try").data).toMatchObject({ ports: ["out", "error"] });
    expect(find(nodes, "check").data).toMatchObject({ ports: ["true", "false"] });
  });

  it("keeps distinct positions and lays out nodes that lie on each other", () => {
    const at = (first: object, second: object) => {
      const { nodes } = project({
        nodes: [
          { id: "a", kind: "set", position: first },
          { id: "b", kind: "set", position: second },
        ],
        edges: [{ from: "a", to: "b" }],
      });
      return [find(nodes, "a").position, find(nodes, "b").position];
    };
    expect(at({ x: 100, y: 50 }, { x: 400, y: 50 })).toEqual([{ x: 100, y: 50 }, { x: 400, y: 50 }]);
    const [a, b] = at({ x: 0, y: 0 }, { x: 0, y: 0 });
    expect(b!.y).toBeGreaterThan(a!.y);
  });

  it("draws what can be drawn of a broken document", () => {
    expect(project(null)).toEqual({ nodes: [], edges: [] });
    const { nodes, edges } = project({
      nodes: [
        { id: "a", kind: "set", parent: { id: "gone", slot: "body" } },
        { id: "a", kind: "if" },
        { kind: "set" },
        { id: "x", kind: "mystery", parent: { id: "y", slot: "body" } },
        { id: "y", kind: "forEach", parent: { id: "x", slot: "body" } },
      ],
      edges: [{ from: "a", to: "nowhere" }, { from: "a", to: "x", port: "other" }, 7],
    });
    expect(nodes.map(({ id }) => id)).toContain("a");
    expect(nodes.map(({ id }) => id)).toContain("x");
    expect(edges.map(({ id }) => id)).toEqual(["edge-1"]);
    expect(find(nodes, "a").data).toMatchObject({ ports: ["out", "other"] });
  });

  it("never lets siblings overlap and keeps children inside their frame", () => {
    fc.assert(
      fc.property(arbitraryDefinition, (definition) => {
        const { nodes } = project(definition);
        for (const node of nodes) {
          const parent = nodes.find(({ id }) => id === node.parentId);
          if (parent !== undefined) expectInside(node, parent);
          for (const other of nodes) if (other !== node && other.parentId === node.parentId) expect(overlaps(node, other)).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const arbitraryDefinition = fc
  .array(fc.record({ kind: fc.constantFrom("set", "if", "forEach", "tryCatch"), parent: fc.nat(), slot: fc.nat(), link: fc.nat() }), {
    minLength: 1,
    maxLength: 24,
  })
  .map((entries) => {
    const nodes = entries.map(({ kind, parent, slot }, index) => {
      const container = parent % (index + 1);
      const slots = entries[container]!.kind === "forEach" ? ["body"] : ["body", "catch", "finally"];
      const isInside = container < index && ["forEach", "tryCatch"].includes(entries[container]!.kind);
      return { id: `n${index}`, kind, ...(isInside ? { parent: { id: `n${container}`, slot: slots[slot % slots.length] } } : {}) };
    });
    const sameSlot = (a: number, b: number) => JSON.stringify(nodes[a]!.parent) === JSON.stringify(nodes[b]!.parent);
    const edges = entries.flatMap(({ link }, index) => {
      const from = link % (index + 1);
      return from < index && sameSlot(from, index) ? [{ from: `n${from}`, to: `n${index}` }] : [];
    });
    return { nodes, edges };
  });

function overlaps(a: CanvasNode, b: CanvasNode): boolean {
  const isApart = (start: number, size: number, otherStart: number, otherSize: number) => start + size <= otherStart || otherStart + otherSize <= start;
  return !isApart(a.position.x, a.width!, b.position.x, b.width!) && !isApart(a.position.y, a.height!, b.position.y, b.height!);
}

function expectInside(node: CanvasNode, parent: CanvasNode): void {
  expect(node.position.x).toBeGreaterThanOrEqual(0);
  expect(node.position.y).toBeGreaterThanOrEqual(0);
  expect(node.position.x + node.width!).toBeLessThanOrEqual(parent.width!);
  expect(node.position.y + node.height!).toBeLessThanOrEqual(parent.height!);
}
