import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { isContainerKind, type Definition } from "./definition";
import { plan } from "./plan";
import { arbitraryScenario } from "./testing/arbitrary-definition";
import { portsOf, slotsOf } from "./testing/script";
import { validateStructure, type KindShapes } from "./validate";

const SHAPES: KindShapes = {
  ports: (node) => portsOf(node.kind),
  slots: (node) => (isContainerKind(node.kind) ? slotsOf(node) : null),
};
const scenario = arbitraryScenario({ maxParallel: true, interruptions: true });

const errorsOf = (definition: Definition) => validateStructure(definition, SHAPES).filter(({ severity }) => severity === "error");

describe("structure", () => {
  it("finds no error in workflows that were made to be right", () => {
    fc.assert(
      fc.property(scenario, ({ definition }) => {
        expect(errorsOf(definition)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds the circle that any edge back makes, and only an acyclic rest without it", () => {
    fc.assert(
      fc.property(scenario, fc.nat(), ({ definition }, choice) => {
        const edge = definition.edges[choice % Math.max(definition.edges.length, 1)];
        fc.pre(edge !== undefined);
        const back = { from: edge!.to, port: "out", to: edge!.from };
        const broken = errorsOf({ ...definition, edges: [...definition.edges, back] }).map(({ code }) => code);
        expect(broken).toContain("cycle");
      }),
      { numRuns: 300 },
    );
  });

  it("finds what a missing node leaves behind", () => {
    fc.assert(
      fc.property(scenario, fc.nat(), ({ definition }, choice) => {
        const { id } = definition.nodes[choice % definition.nodes.length]!;
        const rest = { ...definition, nodes: definition.nodes.filter((node) => node.id !== id) };
        const dangling = definition.edges.filter(({ from, to }) => from === id || to === id).length + definition.nodes.filter(({ parent }) => parent?.id === id).length;
        const found = errorsOf(rest).filter(({ code }) => code === "unknown_node" || code === "unknown_parent");
        expect(found.length).toBe(dangling);
        expect(() => plan(rest)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
