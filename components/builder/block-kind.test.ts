import { describe, expect, it } from "vitest";
import { blockKind, readBlockKind } from "./block-kind";
import { insertNode } from "./insert-node";

describe("a block among the steps", () => {
  it("is read as it was named, and kinds are none", () => {
    const block = { slug: "ask-stock-2", version: 12, name: "Ask: for @stock\nquickly" };
    expect(readBlockKind(blockKind(block))).toEqual(block);
    expect(["module", "http", "module:x"].map(readBlockKind)).toEqual([null, null, null]);
  });

  it("becomes a step that names it in its version", () => {
    const draft = { schema: 1, nodes: [{ id: "module", kind: "set" }], edges: [] } as unknown as Parameters<typeof insertNode>[0];
    const { draft: next, id } = insertNode(draft, blockKind({ slug: "greet", version: 3, name: "Greet" }), { at: "port", from: "module", port: "out" });
    expect(next.nodes.find((node) => node.id === id)).toMatchObject({ kind: "module", name: "Greet", config: { module: "greet", version: 3 } });
    expect(next.edges).toMatchObject([{ from: "module", to: id }]);
  });
});
