import { describe, expect, it } from "vitest";
import { pointerLocator } from "./locate-pointer";

const text = `{
  "nodes": [
    { "id": "a", "config": { "x/y": [1, "{{ steps.b }}"] } },
    { "id": "b" }
  ],
  "edges": []
}`;

const at = (pointer: string, source = text) => {
  const { from, to } = pointerLocator(source)(pointer);
  return source.slice(from, to);
};

describe("pointerLocator", () => {
  it("finds members, items and escaped names", () => {
    expect(at("/nodes/1/id")).toBe('"b"');
    expect(at("/nodes/0/config/x~1y/1")).toBe('"{{ steps.b }}"');
    expect(at("/edges")).toBe("[]");
  });

  it("falls back to what is around a missing place", () => {
    expect(at("/nodes/1/config/url")).toBe('{ "id": "b" }');
    expect(at("")).toBe("{");
    expect(at("/nowhere")).toBe("{");
    expect(at("/x", "")).toBe("");
  });

  it("works in text that is not finished", () => {
    expect(at("/nodes/0/id", '{"nodes": [{"id": "a", "kind": }, {"id":')).toBe('"a"');
  });
});
