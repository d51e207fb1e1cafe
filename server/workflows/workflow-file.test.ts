import { describe, expect, it } from "vitest";
import { parseWorkflowFiles } from "./workflow-file";

const read = (text: string) => parseWorkflowFiles(text, "flow.yaml");

describe("workflow files", () => {
  it("hold the definition beside its name, or under a key of its own", () => {
    const definition = { schema: 1, nodes: [{ id: "a", kind: "set" }], edges: [] };
    expect(read(JSON.stringify({ name: "N", tags: ["t"], ...definition }))).toMatchObject([{ name: "N", tags: ["t"], definition }]);
    expect(read(JSON.stringify({ name: "N", folder: ["a", "b"], slug: "n-1", definition: { ...definition, name: "kept" } }))).toMatchObject([{ folder: ["a", "b"], slug: "n-1", definition: { name: "kept" } }]);
    expect(Object.keys(read("nodes: []\ncategory: x\n")[0]!.definition)).toEqual(["nodes"]);
  });

  it("may hold several, as YAML documents or a JSON list", () => {
    expect(read("name: a\nnodes: []\n---\nname: b\nnodes: []\n").map(({ name }) => name)).toEqual(["a", "b"]);
    expect(read('[{"name":"a","nodes":[]},{"nodes":[]}]').map(({ name }) => name)).toEqual(["a", "flow"]);
  });

  it("know the line of every part", () => {
    const [first, second] = read("name: a\nnodes:\n  - id: x\n    config:\n      url: y\n---\nnodes:\n  - id: z\n");
    expect([first!.lineOf("/nodes/0/config/url"), first!.lineOf("/nodes/0/config/missing"), second!.lineOf("/nodes/0/id"), first!.lineOf("")]).toEqual([5, 5, 8, 1]);
  });

  it.each([
    ["", "holds no workflow"],
    ["nodes: [\n", "line 2"],
    ["{\n  \"nodes\": [}\n", "line 2"],
    ["a: 1\n---\n- 5\n", "list of nodes is missing"],
    ["nodes: []\n---\n5\n", "(line 3)"],
    ["nodes: []\nslug: Not A Slug\n", "slug must be of small letters, digits and hyphens (line 2)"],
    ["a: &a [1]\nnodes:\n- &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n- [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]", "alias"],
  ])("say where %j is wrong", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
