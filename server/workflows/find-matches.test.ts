import { describe, expect, it } from "vitest";
import { findMatches, wordsOf } from "./find-matches";

const draft = {
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start", config: {} },
    { id: "load", kind: "http", name: "Load stock", notes: "asks the warehouse", config: { url: "https://shop.example/api/stock", headers: [{ name: "x-team", value: "Warehouse" }] } },
    { id: "wait", kind: "delay", config: { seconds: 4711 } },
  ],
};
const workflow = { name: "Evening stock", description: "Counts what lies in the warehouse.", draft };

describe("wordsOf", () => {
  it("splits, lowers and keeps each once", () => {
    expect(wordsOf("  Stock  of STOCK ")).toEqual(["stock", "of"]);
  });
});

describe("findMatches", () => {
  it("shows nothing where the name says it all", () => {
    expect(findMatches(workflow, "evening")).toEqual([]);
  });

  it("names the node and the configured field", () => {
    expect(findMatches(workflow, "x-team")).toEqual([{ nodeId: "load", nodeName: "Load stock", field: "headers.0.name", before: "", match: "x-team", after: "" }]);
    expect(findMatches(workflow, "4711")).toMatchObject([{ nodeId: "wait", nodeName: "wait", field: "seconds", match: "4711" }]);
  });

  it("shows each node once, and first what has most of the words", () => {
    const found = findMatches(workflow, "asks warehouse");
    expect(found.map(({ nodeId, field }) => [nodeId, field])).toEqual([["load", "notes"], [null, "description"]]);
  });

  it("cuts long texts around the match, as they were written", () => {
    const long = { ...workflow, description: `${"a".repeat(90)} Needle ${"b".repeat(90)}` };
    const [match] = findMatches(long, "needle");
    expect(match).toMatchObject({ match: "Needle", before: `…${"a".repeat(39)} `, after: ` ${"b".repeat(39)}…` });
  });

  it("looks at conditions, notes on the canvas, the fields of the input and the output, too", () => {
    const beside = {
      ...draft,
      nodes: [...draft.nodes, { id: "skip", kind: "log", skipIf: "{{ input.tiny }}" }],
      edges: [{ from: "load", to: "wait", when: "{{ input.huge > 1 }}" }],
      annotations: [{ id: "n", text: "Ask Grace first" }],
      input: { properties: { orderNo: { title: "Number", description: "As on the bill" } } },
      output: { receipt: "{{ steps.load.output.paper }}" },
    };
    const places = (search: string) => findMatches({ name: "x", description: "", draft: beside }, search).map(({ nodeId, field }) => [nodeId, field]);
    expect(places("huge")).toEqual([["load", "condition"]]);
    expect(places("tiny")).toEqual([["skip", "skipIf"]]);
    expect(places("grace")).toEqual([[null, "note"]]);
    expect([places("orderno"), places("bill")]).toEqual([[[null, "input.orderNo"]], [[null, "input.orderNo"]]]);
    expect(places("paper")).toEqual([[null, "output.receipt"]]);
  });

  it.each([null, "text", [], { nodes: "none" }, { nodes: [null, 3, { name: "no id" }] }])("lives with a draft such as %j", (broken) => {
    expect(findMatches({ name: "x", description: "", draft: broken }, "needle")).toEqual([]);
  });
});
