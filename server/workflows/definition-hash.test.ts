import { describe, expect, it } from "vitest";
import { definitionSchema, type DefinitionInput } from "@/server/engine/definition";
import { hashDefinition } from "./definition-hash";

const document: DefinitionInput = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "loop", kind: "forEach", config: { items: [] } },
  ],
  edges: [{ from: "start", to: "loop" }],
};

const hashOf = (input: DefinitionInput) => hashDefinition(definitionSchema.parse(input));

describe("hashDefinition", () => {
  it("is the same wherever things lie on the canvas and whatever notes are stuck on it", () => {
    const arranged: DefinitionInput = {
      ...document,
      nodes: document.nodes.map((node, index) => ({ ...node, position: { x: index * 300, y: 40 }, size: { width: 500, height: 300 }, collapsed: true })),
      annotations: [{ id: "why", text: "Ask sales first", position: { x: 0, y: 0 }, size: { width: 200, height: 120 } }],
    };
    expect(hashOf(arranged)).toBe(hashOf(document));
  });

  it("has not changed for documents without notes", () => {
    expect(hashOf(document)).toBe("8c7b5cd2b6f34bf8f595003f2572d2a8b8532b9d55ad21d74d1c1e3d6c6e2bce");
  });

  it("differs where a run differs", () => {
    expect(hashOf({ ...document, edges: [] })).not.toBe(hashOf(document));
  });
});
