import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { kindShapes } from "./catalog";
import { overlap } from "./geometry";
import { isAlike, Projection } from "./projection";
import { projectToFlow } from "./project-to-flow";
import { readGraph } from "./read-graph";
import { freeBox, separate } from "./separate";

const chain = (count: number) => ({
  nodes: [
    { id: "start", kind: "trigger.manual" },
    ...Array.from({ length: count }, (_, index) => ({ id: `n${index}`, kind: "set", config: { values: { at: index } } })),
    { id: "loop", kind: "forEach", config: { items: [] } },
    { id: "each", kind: "log", parent: { id: "loop", slot: "body" } },
  ],
  edges: [{ from: "start", to: "n0" }, ...Array.from({ length: count - 1 }, (_, index) => ({ from: `n${index}`, to: `n${index + 1}` }))],
});

describe("Projection", () => {
  it("draws one node anew when its config changes, and nothing when nothing does", () => {
    const projection = new Projection(kindShapes);
    const document = chain(20);
    const before = projection.project(document);
    expect(projection.project({ ...document })).toBe(before);
    const changed = { ...document, nodes: document.nodes.map((node) => (node.id === "n7" ? { ...node, config: { values: { at: "{{ 8 }}" } } } : node)) };
    const after = projection.project(changed);
    const isNew = after.nodes.filter((node) => !before.nodes.includes(node)).map(({ id }) => id);
    expect(isNew).toEqual(["n7"]);
    expect(after.edges).toBe(before.edges);
    expect(after).toEqual(projectToFlow(readGraph(changed), { shapes: kindShapes }));
  });

  it("hides what a collapsed frame holds and says how much it is", () => {
    const document = chain(1);
    const shut = { ...document, nodes: document.nodes.map((node) => (node.id === "loop" ? { ...node, collapsed: true } : node)) };
    const { nodes } = new Projection(kindShapes).project(shut);
    expect(nodes.map(({ id }) => id)).toEqual(["start", "n0", "loop"]);
    const loop = nodes.find(({ id }) => id === "loop")!;
    expect(loop.data).toMatchObject({ hidden: ["each"] });
    expect(loop.ariaLabel).toBe("For each: loop, collapsed, 1 step inside");
  });

  it("gives edges and notes names that can be read out", () => {
    const { nodes, edges } = new Projection(kindShapes).project({
      nodes: [{ id: "ask", kind: "approval", name: "Ask the lead" }, { id: "pay", kind: "set", name: "Pay" }],
      edges: [{ from: "ask", port: "approved", to: "pay", when: "{{ input.amount }}" }],
      annotations: [{ id: "why", text: "Because\nof the auditors", position: { x: 1, y: 2 }, size: { width: 200, height: 90 }, color: "mauve" }],
    });
    expect(edges[0]?.ariaLabel).toBe("Edge from Ask the lead, port approved, to Pay, only when {{ input.amount }}");
    expect(nodes[0]).toMatchObject({ id: "#why", type: "note", ariaLabel: "Note: Because of the auditors", data: { annotation: { color: "yellow" } } });
  });

  it("makes a step as wide as the names of its ports need, and others as wide as ever", () => {
    const of = (...cases: string[]) => new Projection(kindShapes).project({ nodes: [{ id: "by", kind: "switch", config: { value: "{{ input.x }}", cases: cases.map((name) => ({ name, equals: name })) } }], edges: [] }).nodes[0]!;
    const [few, many, long] = [of("a"), of(...Array.from({ length: 20 }, (_, n) => `c${n}`)), of("to_the_warehouse", "to_the_accounting", "to_the_customer")];
    expect(few.width).toBe(232);
    expect(many.width! / 21).toBeGreaterThanOrEqual(48);
    expect(long.width! / 4).toBeGreaterThanOrEqual(110);
  });

  it("keeps a frame at least as large as it was made, and larger when it must hold more", () => {
    const frame = (size: object, children: number) => {
      const nodes = [{ id: "loop", kind: "forEach", size }, ...Array.from({ length: children }, (_, index) => ({ id: `c${index}`, kind: "set", parent: { id: "loop", slot: "body" } }))];
      return new Projection(kindShapes).project({ nodes, edges: [] }).nodes.find(({ id }) => id === "loop")!;
    };
    expect(frame({ width: 700, height: 400 }, 1)).toMatchObject({ width: 700, height: 400 });
    expect(frame({ width: 700, height: 400 }, 4).width).toBeGreaterThan(700);
  });

  it("keeps nodes where they were put in a frame with a size of its own", () => {
    const inside = (id: string, x: number, y: number) => ({ id, kind: "set", parent: { id: "loop", slot: "body" }, position: { x, y } });
    const { nodes } = new Projection(kindShapes).project({ nodes: [{ id: "loop", kind: "forEach", size: { width: 900, height: 500 } }, inside("a", 120, 90), inside("b", 480, 200)], edges: [] });
    expect(nodes.filter(({ type }) => type === "step").map(({ position }) => position)).toEqual([{ x: 120, y: 90 }, { x: 480, y: 200 }]);
  });
});

const box = fc.record({ x: fc.integer({ min: -400, max: 400 }), y: fc.integer({ min: -400, max: 400 }), width: fc.integer({ min: 1, max: 500 }), height: fc.integer({ min: 1, max: 500 }) });

describe("separate", () => {
  it("leaves nothing on anything else, and what lies free where it is", () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 20 }), (boxes) => {
        const given = new Map(boxes.map((one, index) => [String(index), one]));
        const settled = [...separate(given).values()];
        expect(settled.length).toBe(boxes.length);
        settled.forEach((one, index) => expect(settled.slice(index + 1).some((other) => overlap(one, other))).toBe(false));
        if (boxes.every((one, index) => !boxes.slice(index + 1).some((other) => overlap(one, other)))) expect(isAlike(Object.fromEntries(separate(given)), Object.fromEntries(given))).toBe(true);
      }),
    );
  });

  it("never moves a box up or to the left", () => {
    fc.assert(
      fc.property(box, fc.array(box, { maxLength: 10 }), (wanted, others) => {
        const { x, y } = freeBox(wanted, others);
        expect(x).toBeGreaterThanOrEqual(wanted.x);
        expect(y).toBeGreaterThanOrEqual(wanted.y);
      }),
    );
  });
});
