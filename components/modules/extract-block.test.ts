import { describe, expect, it } from "vitest";
import type { Draft } from "@/components/builder/draft";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { extractBlock } from "./extract-block";

const draft: Draft = {
  schema: 1,
  input: { type: "object", properties: { city: {} } },
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "fetch", kind: "set", config: { values: { total: 3 } } },
    { id: "price", kind: "set", config: { values: { gross: "{{ steps.fetch.output.total * 1.2 }}", to: "{{ input.city }}" } } },
    { id: "each", kind: "forEach", config: { items: "{{ [1, steps.price.output.gross] }}", result: "{{ item + 1 }}" } },
    { id: "say", kind: "log", parent: { id: "each", slot: "body" }, config: { message: "{{ item }} of {{ steps.price.output.gross }}", level: "info" } },
    { id: "end", kind: "set", config: { values: { sum: "{{ steps.price.output.gross + steps.each.output.length }}" } } },
  ],
  edges: [{ from: "start", to: "fetch" }, { from: "fetch", to: "price" }, { from: "price", to: "each" }, { from: "each", to: "end" }],
  output: "{{ steps.each.output }}",
};

describe("extractBlock", () => {
  it("makes what is read from outside an input and what is read outside an output; both halves can be published", () => {
    const block = extractBlock(draft, ["price", "each"]);
    if (!block.ok) return expect.fail(block.objection);
    expect(block.inputs).toEqual({ fetch: { output: "{{ steps.fetch.output }}" }, input: "{{ input }}" });
    expect(block.definition).toMatchObject({
      nodes: [
        { id: "price", config: { values: { gross: "{{ input.fetch.output.total * 1.2 }}", to: "{{ input.input.city }}" } } },
        { id: "each", config: { items: "{{ [1, steps.price.output.gross] }}", result: "{{ item + 1 }}" } },
        { id: "say", config: { message: "{{ item }} of {{ steps.price.output.gross }}" } },
      ],
      edges: [{ from: "price", to: "each" }],
      output: { price: "{{ steps.price.output }}", each: "{{ steps.each.output }}" },
    });
    const { draft: rest, id } = block.replace("pricing", "Pricing");
    expect([id, rest.nodes.map((node) => node.id), rest.edges]).toEqual([
      "pricing", ["start", "fetch", "pricing", "end"],
      [{ from: "start", to: "fetch" }, { from: "fetch", to: "pricing" }, { from: "pricing", to: "end" }],
    ]);
    expect(rest.nodes[3]?.config).toEqual({ values: { sum: "{{ steps.pricing.output.price.gross + steps.pricing.output.each.length }}" } });
    expect(rest.output).toBe("{{ steps.pricing.output.each }}");
    for (const document of [block.definition, rest]) expect(validateWorkflow(document).problems.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("lets what a loop around it gives come in", () => {
    const block = extractBlock(draft, ["say"]);
    if (!block.ok) return expect.fail(block.objection);
    expect(block.inputs).toEqual({ item: "{{ item }}", price: { output: "{{ steps.price.output }}" } });
    expect(block.definition).toMatchObject({ nodes: [{ id: "say", config: { message: "{{ input.item }} of {{ input.price.output.gross }}" } }] });
    expect(block.replace("say-it", "Say it").draft.nodes.find(({ kind }) => kind === "module")).toMatchObject({ id: "say_it", parent: { id: "each", slot: "body" } });
  });

  it("lets the error that a frame around it caught come in, and no other", () => {
    const caught: Draft = {
      schema: 1,
      nodes: [
        { id: "start", kind: "trigger.manual" },
        { id: "try", kind: "tryCatch" },
        { id: "risky", kind: "set", parent: { id: "try", slot: "body" }, config: { values: {} } },
        { id: "tell", kind: "log", parent: { id: "try", slot: "catch" }, config: { message: "{{ error.message }}" }, retry: { maxAttempts: 2, retryIf: "error.retryable" } },
      ],
      edges: [{ from: "start", to: "try" }],
    };
    const [tell, whole] = [extractBlock(caught, ["tell"]), extractBlock(caught, ["try"])];
    if (!tell.ok || !whole.ok) return expect.fail("It was refused.");
    expect(tell.inputs).toEqual({ error: "{{ error }}" });
    expect(tell.definition).toMatchObject({ nodes: [{ id: "tell", config: { message: "{{ input.error.message }}" }, retry: { retryIf: "error.retryable" } }] });
    expect(whole.inputs).toEqual({});
    for (const { definition, replace } of [tell, whole]) for (const document of [definition, replace("tell-it", "Tell it").draft]) expect(validateWorkflow(document).problems.filter(({ severity, code }) => severity === "error" && code !== "no_trigger")).toEqual([]);
  });

  const looping: Draft = {
    schema: 1,
    nodes: [
      { id: "start", kind: "trigger.manual" },
      { id: "outer", kind: "forEach", config: { items: "{{ [[1, 2], [3]] }}" } },
      { id: "inner", kind: "forEach", parent: { id: "outer", slot: "body" }, config: { items: "{{ item }}", result: "{{ ({ item }) }}" } },
      { id: "a", kind: "set", parent: { id: "inner", slot: "body" }, config: { values: {} } },
      { id: "b", kind: "set", parent: { id: "inner", slot: "body" }, config: { values: { all: "{{ steps.inner }}", both: "{{ ({ item, input }) }}" } } },
    ],
    edges: [{ from: "start", to: "outer" }, { from: "a", to: "b", when: "{{ item > 1 }}" }],
  };

  it("takes a loop over the outer item out: its list comes in, its conditions go by its own item", () => {
    const block = extractBlock(looping, ["inner"]);
    if (!block.ok) return expect.fail(block.objection);
    expect(block.inputs).toEqual({ item: "{{ item }}", input: "{{ input }}" });
    expect(block.definition).toMatchObject({
      nodes: [{ config: { items: "{{ input.item }}", result: "{{ ({ item }) }}" } }, { id: "a" }, { config: { values: { both: "{{ ({ item, input: input.input }) }}" } } }],
      edges: [{ from: "a", to: "b", when: "{{ item > 1 }}" }],
    });
    const body = extractBlock(looping, ["a", "b"]);
    expect(body).toMatchObject({ inputs: { item: "{{ item }}", inner: { output: "{{ steps.inner.output }}", error: "{{ steps.inner.error }}", status: "{{ steps.inner.status }}" } }, definition: { edges: [{ when: "{{ input.item > 1 }}" }] } });
  });

  it("keeps apart what is called the same, and conditions on the way out", () => {
    const named: Draft = {
      schema: 1,
      nodes: ["item", "a", "b", "end"].map((id) => ({ id, kind: "set", parent: { id: "outer", slot: "body" }, config: { values: id === "a" ? { x: "{{ item }}", y: "{{ steps.item.output }}" } : {} } })),
      edges: [{ from: "item", to: "a" }, { from: "item", to: "b" }, { from: "a", to: "end", when: "{{ input.a }}" }, { from: "b", to: "end", when: "{{ input.b }}" }],
    };
    const block = extractBlock({ ...named, nodes: [looping.nodes[1]!, ...named.nodes] }, ["a", "b"]);
    if (!block.ok) return expect.fail(block.objection);
    expect(block.inputs).toEqual({ item: "{{ item }}", step_item: { output: "{{ steps.item.output }}" } });
    expect(block.replace("both", "Both").draft.edges).toEqual([{ from: "item", to: "both" }, { from: "both", to: "end", when: "{{ input.a }}" }, { from: "both", to: "end", when: "{{ input.b }}" }]);
  });

  it("refuses what a block would run otherwise: beginnings under different conditions, and a gap", () => {
    const forked: Draft = { schema: 1, nodes: ["a", "b", "c"].map((id) => ({ id, kind: "set" })), edges: [{ from: "a", to: "b", when: "{{ input.x }}" }, { from: "a", to: "c" }] };
    expect(extractBlock(forked, ["b", "c"])).toMatchObject({ objection: expect.stringContaining("different conditions") as string });
    const chain: Draft = { ...forked, edges: [{ from: "a", to: "b" }, { from: "b", to: "c" }] };
    expect(extractBlock(chain, ["a", "c"])).toMatchObject({ objection: "b lies between the selected steps: select it too." });
  });

  it("says why a selection cannot be a block", () => {
    expect(extractBlock(draft, [])).toMatchObject({ ok: false });
    expect(extractBlock(draft, ["start", "fetch"])).toMatchObject({ objection: expect.stringContaining("trigger") as string });
    expect(extractBlock(draft, ["fetch", "say"])).toMatchObject({ objection: expect.stringContaining("one frame") as string });
    const branching: Draft = { ...draft, nodes: [...draft.nodes, { id: "is", kind: "if", config: { condition: "{{ true }}" } }], edges: [...draft.edges, { from: "is", port: "true", to: "end" }] };
    expect(extractBlock(branching, ["is"])).toMatchObject({ objection: expect.stringContaining("branch “true”") as string });
  });
});
