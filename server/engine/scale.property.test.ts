import { describe, expect, test } from "vitest";
import type { DefinitionInput } from "./definition";
import { measure, type Load } from "./testing/straight-run";

type Nodes = DefinitionInput["nodes"];

const body = (id: string, kind = "set") => ({ id, kind, parent: { id: "loop", slot: "body" } });
const twoSteps = [body("first"), body("second")];
const forEach = (config: object): Nodes => [{ id: "loop", kind: "forEach", config: { items: "{{ items }}", ...config } }, ...twoSteps];
const inTurn = [{ from: "first", to: "second" }];
const numbered = (count: number, kind = "set") => Array.from({ length: count }, (_, index) => ({ id: `n${index}`, kind }));

describe("10,000 iterations stay small", () => {
  const loops: [string, Nodes, number][] = [
    ["sequential forEach", forEach({}), 2_000],
    ["parallel forEach of 10", forEach({ mode: "parallel", limit: 10 }), 12_000],
    ["while", [{ id: "loop", kind: "while", config: { condition: "{{ more }}", maxIterations: 100_000 } }, ...twoSteps], 2_000],
  ];
  test.each(loops)("%s", (_, nodes, bytes) => {
    const few = measure({ nodes, edges: inTurn, items: 1_000 });
    const many = measure({ nodes, edges: inTurn, items: 10_000 });
    expect(many.largestSnapshot).toBeLessThan(bytes);
    expect(many.operations / many.events).toBeLessThan(1.1 * (few.operations / few.events));
    expect(many.mostOfOneEvent).toBeLessThan(2 * few.mostOfOneEvent);
  });
});

describe("work per event does not grow with the workflow", () => {
  const chain = (length: number): Load => ({ nodes: numbered(length), edges: Array.from({ length: length - 1 }, (_, index) => ({ from: `n${index}`, to: `n${index + 1}` })) });
  const fan = (width: number, settings = {}): Load => ({
    nodes: [...numbered(width), { id: "join", kind: "join" }],
    edges: numbered(width).map(({ id }) => ({ from: id, to: "join" })),
    settings,
  });
  const tries = (width: number): Load => ({
    nodes: numbered(width, "tryCatch").flatMap((one) => [one, { id: `x${one.id}`, kind: "set", parent: { id: one.id, slot: "body" } }]),
    cancelAfter: width,
  });
  const loads: [string, (size: number) => Load][] = [
    ["a chain", chain],
    ["a join of many", fan],
    ["a join of many, few at a time", (width) => fan(width, { maxParallel: 4 })],
    ["a wide run that is cancelled", (width) => ({ ...fan(width), cancelAfter: width })],
    ["many containers that are cancelled", tries],
    ["a wide loop that is cancelled", (width) => ({ nodes: forEach({ mode: "parallel", limit: 1_000 }), edges: inTurn, items: width, cancelAfter: Math.min(width, 1_000) })],
  ];
  test.each(loads)("%s", (_, load) => {
    const small = measure(load(200));
    const large = measure(load(1_000));
    expect(large.operations / large.events).toBeLessThan(1.3 * (small.operations / small.events));
  });
});
