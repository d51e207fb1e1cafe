import { describe, expect, it } from "vitest";
import { nodeText } from "./node-text";

const withNode = (node: Record<string, unknown>) => ({ nodes: [{ id: "other" }, { id: "call", ...node }] });

describe("a step as text", () => {
  it("is the same whatever the order and the place on the canvas", () => {
    const one = nodeText(withNode({ kind: "http", config: { url: "x", headers: { a: 1, b: [2] } }, position: { x: 1, y: 2 } }), "call");
    const other = nodeText(withNode({ position: { x: 9, y: 9 }, config: { headers: { b: [2], a: 1 }, url: "x" }, kind: "http" }), "call");
    expect(other).toBe(one);
    expect(JSON.parse(one!)).toEqual({ id: "call", kind: "http", config: { url: "x", headers: { a: 1, b: [2] } } });
  });

  it("differs by what the step does, and is nothing where there is no such step", () => {
    expect(nodeText(withNode({ config: { list: [1, 2] } }), "call")).not.toBe(nodeText(withNode({ config: { list: [2, 1] } }), "call"));
    expect(nodeText(withNode({}), "gone")).toBeNull();
    expect(nodeText({ nodes: "broken" }, "call")).toBeNull();
  });
});
