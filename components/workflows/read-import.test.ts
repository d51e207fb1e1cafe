import { describe, expect, it } from "vitest";
import { readImport } from "./read-import";

describe("readImport", () => {
  it("reads a bare definition as JSON", () => {
    expect(readImport('{"schema":1,"nodes":[],"edges":[]}')).toEqual({
      ok: true,
      workflow: { name: "", description: "", definition: { schema: 1, nodes: [], edges: [] } },
    });
  });

  it("reads a file with name and definition as YAML", () => {
    const text = "name: Orders\ndescription: Handles orders\ndefinition:\n  schema: 1\n  nodes:\n    - {id: start, kind: trigger.manual}\n  edges: []\n";
    expect(readImport(text)).toEqual({
      ok: true,
      workflow: { name: "Orders", description: "Handles orders", definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } },
    });
  });

  it("keeps the title out of a definition that stands beside it", () => {
    expect(readImport("name: X\nnodes: []\nedges: []")).toMatchObject({ workflow: { name: "X", definition: { nodes: [], edges: [] } } });
  });

  it.each([
    ["", "nothing to import"],
    ["[1, 2]", "object with nodes"],
    ["name: X", "list of nodes"],
    ["nodes: [\n", "Line 2"],
    ["a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]", "alias"],
  ])("says what is wrong with %j", (text, message) => {
    expect(readImport(text)).toEqual({ ok: false, message: expect.stringContaining(message) as string });
  });
});
