import { describe, expect, it } from "vitest";
import { looksLikeWorkflows, readFiles } from "./read-files";

describe("files to import", () => {
  it("become one text of several documents", async () => {
    expect(await readFiles([new File(["a: 1\n"], "a.yaml"), new File(['{"b": 2}'], "b.json")])).toBe('a: 1\n---\n{"b": 2}');
  });

  it.each([
    ["schema: 1\nnodes:\n  - id: a", true],
    ['{"schema":1,"nodes":[]}', true],
    ["{nodes: []}", true],
    ["see the nodes below", false],
    ["https://example.com/nodes", false],
    ["", false],
  ])("are told from other text: %j", (text, is) => {
    expect(looksLikeWorkflows(text)).toBe(is);
  });
});
