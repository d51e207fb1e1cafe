import { describe, expect, it } from "vitest";
import { ROW_GAP } from "@/components/canvas/automatic-boxes";
import { STEP } from "@/components/canvas/layout";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { renameNode, renameObjection } from "./change-node";
import { copySelection, paste, readClip } from "./clipboard";
import { connectionObjection } from "./connections";
import { readDraft, type Draft } from "./draft";
import { insertNode } from "./insert-node";
import { moveJoining } from "./move-joining";
import { moveInto } from "./move-nodes";
import { renameInput } from "./references";
import { lostConditions, removeNodes } from "./remove-nodes";

const chain: Draft = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "fetch", kind: "set", config: { values: { a: 1 } } },
    { id: "loop", kind: "forEach", config: { items: "{{ steps.fetch.output.list }}", result: "{{ steps.each.output }}" } },
    { id: "each", kind: "set", parent: { id: "loop", slot: "body" }, config: { values: { b: "{{ loops.loop.item }} of {{ steps['fetch'].output?.a }}" } } },
    { id: "end", kind: "log", retry: { maxAttempts: 2, retryIf: "steps.fetch.output.a > 1" } },
  ],
  edges: [{ from: "start", to: "fetch" }, { from: "fetch", to: "loop", when: "{{ steps.fetch.status === 'succeeded' }}" }, { from: "loop", to: "end" }],
  output: { all: "{{ (steps).fetch.output }} and steps.fetch" },
};

const links = (draft: Draft) => draft.edges.map(({ from, port, to }) => `${from}${port ? `:${port}` : ""}>${to}`);
const config = (draft: Draft, id: string) => draft.nodes.find((node) => node.id === id)?.config;

describe("insertNode", () => {
  it("follows a port in the slot of the node before it", () => {
    const { draft, id } = insertNode(chain, "http", { at: "port", from: "each", port: "out" });
    expect(id).toBe("http");
    expect(draft.nodes.at(-1)).toMatchObject({ id: "http", parent: { id: "loop", slot: "body" } });
    expect(links(draft)).toContain("each>http");
  });

  it("goes between two nodes and keeps the condition of the edge", () => {
    const { draft } = insertNode(chain, "if", { at: "edge", index: 1 });
    expect(links(draft)).toEqual(["start>fetch", "fetch>if", "if:true>loop", "loop>end"]);
    expect(draft.edges[1]?.when).toBe(chain.edges[1]?.when);
  });

  it("leads nowhere from a node without ports, and nowhere into a trigger", () => {
    expect(links(insertNode(chain, "fail", { at: "edge", index: 0 }).draft)).toEqual(["start>fail", "fetch>loop", "loop>end"]);
    expect(insertNode(chain, "trigger.manual", { at: "port", from: "each", port: "out" }).draft.edges).toEqual(chain.edges);
  });

  it("keeps an arranged slot free of overlaps", () => {
    const arranged: Draft = { ...chain, nodes: chain.nodes.map((node, index) => ({ ...node, position: { x: 0, y: index * 120 } })) };
    const { draft, id } = insertNode(arranged, "set", { at: "edge", index: 0 });
    const spots = draft.nodes.filter((node) => node.parent === undefined).map((node) => `${node.position?.x},${node.position?.y}`);
    expect(new Set(spots).size).toBe(spots.length);
    expect(draft.nodes.find((node) => node.id === id)?.position).toEqual({ x: 0, y: STEP.height + ROW_GAP });
  });
});

describe("connectionObjection", () => {
  it.each([
    [{ from: "fetch", port: "out", to: "fetch" }, /itself/],
    [{ from: "end", port: "out", to: "fetch" }, /circle/],
    [{ from: "fetch", port: "out", to: "start" }, /trigger/],
    [{ from: "fetch", port: "out", to: "each" }, /same frame/],
    [{ from: "fetch", port: "out", to: "loop" }, /already/],
    [{ from: "fetch", port: "out", to: "gone" }, /does not exist/],
  ])("%j", (connection, message) => {
    expect(connectionObjection(chain, connection)).toMatch(message);
  });

  it("is null where the edge makes sense", () => {
    expect(connectionObjection(chain, { from: "fetch", port: "out", to: "end" })).toBeNull();
  });
});

describe("moveInto", () => {
  it("reports the edges it had to remove", () => {
    const { draft, removed } = moveInto(chain, ["fetch"], { id: "loop", slot: "body" });
    expect(draft.nodes.find((node) => node.id === "fetch")?.parent).toEqual({ id: "loop", slot: "body" });
    expect(removed).toEqual(chain.edges.slice(0, 2));
  });

  it("keeps edges among the moved, and never nests a frame in itself", () => {
    expect(moveInto(chain, ["loop", "each", "end"], undefined).draft).toEqual(chain);
    expect(moveInto(chain, ["loop"], { id: "loop", slot: "body" }).draft).toBe(chain);
    expect(moveInto(chain, ["start"], { id: "loop", slot: "body" }).draft).toBe(chain);
  });
});

describe("removeNodes", () => {
  it("takes what a frame holds along and connects the rest", () => {
    const draft = removeNodes(chain, ["loop"]);
    expect(draft.nodes.map(({ id }) => id)).toEqual(["start", "fetch", "end"]);
    expect(links(draft)).toEqual(["start>fetch", "fetch>end"]);
    expect(draft.edges[1]?.when).toBe(chain.edges[1]?.when);
  });

  it("goes on through the first port of a branch, never through errors", () => {
    const branch: Draft = {
      schema: 1,
      nodes: ["a", "b", "c", "d", "e"].map((id) => ({ id, kind: id === "b" ? "if" : "set" })),
      edges: [{ from: "a", to: "b" }, { from: "b", port: "error", to: "e" }, { from: "b", port: "true", to: "c" }, { from: "b", port: "false", to: "d" }],
    };
    expect(links(removeNodes(branch, ["b"]))).toEqual(["a>c"]);
  });
});

describe("conditions around what goes", () => {
  const nodes = ["load", "log", "more", "pay"].map((id) => ({ id, kind: "set" }));
  const conditional = (first: string | undefined, second: string | undefined): Draft => ({
    schema: 1,
    nodes,
    edges: [{ from: "load", to: "log", ...(first === undefined ? {} : { when: first }) }, { from: "log", to: "pay", ...(second === undefined ? {} : { when: second }) }],
  });

  it.each([
    [undefined, "{{ input.total > 0 }}", "{{ input.total > 0 }}"],
    ["{{ input.ok }}", "{{ input.total > 0 }}", "{{ input.ok && input.total > 0 }}"],
    ["{{ input.a || input.b }}", "{{ input.c ? 1 : 0 }}", "{{ (input.a || input.b) && (input.c ? 1 : 0) }}"],
    ["{{ input.ok }}", "{{ input.ok }}", "{{ input.ok }}"],
  ])("are kept and joined: %s and %s", (first, second, both) => {
    const draft = conditional(first, second);
    expect(removeNodes(draft, ["log"]).edges).toEqual([{ from: "load", to: "pay", when: both }]);
    expect(lostConditions(draft, ["log"])).toEqual([]);
  });

  it("are told where they read what goes, or cannot be joined", () => {
    const reading = conditional("{{ input.ok }}", "{{ steps.log.output.x }}");
    expect(removeNodes(reading, ["log"]).edges).toEqual([{ from: "load", to: "pay", when: "{{ input.ok }}" }]);
    expect(lostConditions(reading, ["log"])).toEqual(["{{ steps.log.output.x }}"]);
    expect(lostConditions(conditional("{{ input.ok }}", "{{ input.x }} or so"), ["log"])).toEqual(["{{ input.x }} or so"]);
  });

  it("stay apart on different ways to the same step, and give way to one without any", () => {
    const forked: Draft = { schema: 1, nodes, edges: [{ from: "load", to: "log", when: "{{ input.a }}" }, { from: "load", to: "more", when: "{{ input.b }}" }, { from: "log", to: "pay" }, { from: "more", to: "pay" }] };
    expect(removeNodes(forked, ["log", "more"]).edges).toEqual([{ from: "load", to: "pay", when: "{{ input.a }}" }, { from: "load", to: "pay", when: "{{ input.b }}" }]);
    const direct: Draft = { ...forked, edges: [...forked.edges.slice(2), { from: "load", to: "log", when: "{{ input.a }}" }, { from: "load", to: "more" }] };
    expect(removeNodes(direct, ["more"]).edges).toContainEqual({ from: "load", to: "pay" });
  });

  it("are told of where so many ways lead to a step that it begins by any, and not of where it does so already", () => {
    const ids = Array.from({ length: 18 }, (_, index) => `way${index}`);
    const wide: Draft = {
      schema: 1,
      nodes: [...nodes, ...ids.map((id) => ({ id, kind: "log" }))],
      edges: ids.flatMap((id, index) => [{ from: "load", to: id, when: `{{ input.n === ${index} }}` }, { from: id, to: "pay" }]),
    };
    expect(removeNodes(wide, ["log", "more", ...ids]).edges).toHaveLength(18);
    const fork: Draft = { ...wide, nodes: [...wide.nodes, { id: "fork", kind: "log" }], edges: [{ from: "load", to: "fork" }, ...wide.edges.map((edge) => (edge.from === "load" ? { ...edge, from: "fork" } : edge))] };
    expect(removeNodes(fork, ["fork", ...ids]).edges).toEqual([{ from: "load", to: "pay" }]);
    expect(lostConditions(fork, ["fork", ...ids])).toHaveLength(18);
    const beside: Draft = { schema: 1, nodes, edges: [{ from: "load", to: "pay" }, { from: "load", to: "log", when: "{{ input.a }}" }, { from: "log", to: "pay", when: "{{ steps.log.output.x }}" }] };
    expect([removeNodes(beside, ["log"]).edges, lostConditions(beside, ["log"])]).toEqual([[{ from: "load", to: "pay" }], []]);
  });

  it("follow a step that moves elsewhere", () => {
    const draft = conditional(undefined, "{{ input.ok }}");
    const framed: Draft = { ...draft, nodes: [...draft.nodes, { id: "loop", kind: "forEach", config: { items: [] } }] };
    const moved = moveJoining(framed, ["log"], { id: "loop", slot: "body" });
    expect([moved.draft.edges, moved.removed, moved.lost]).toEqual([[{ from: "load", to: "pay", when: "{{ input.ok }}" }], [], []]);
    const reading = { ...framed, edges: [framed.edges[0]!, { from: "log", to: "pay", when: "{{ steps.log.output }}" }] };
    expect(moveJoining(reading, ["log"], { id: "loop", slot: "body" }).lost).toEqual(["{{ steps.log.output }}"]);
  });
});

describe("renameNode", () => {
  it("follows into every expression, edge and child", () => {
    const draft = renameNode(chain, "fetch", "load-all");
    expect(config(draft, "loop")?.items).toBe('{{ steps["load-all"].output.list }}');
    expect(config(draft, "each")?.values).toEqual({ b: '{{ loops.loop.item }} of {{ steps["load-all"].output?.a }}' });
    expect(draft.edges[1]).toEqual({ from: "load-all", to: "loop", when: "{{ steps[\"load-all\"].status === 'succeeded' }}" });
    expect(draft.nodes.at(-1)?.retry?.retryIf).toBe('steps["load-all"].output.a > 1');
    expect(draft.output).toEqual({ all: '{{ (steps)["load-all"].output }} and steps.fetch' });
  });

  it("renames loops and parents", () => {
    const draft = renameNode(chain, "loop", "rows");
    expect(config(draft, "each")?.values).toMatchObject({ b: "{{ loops.rows.item }} of {{ steps['fetch'].output?.a }}" });
    expect(draft.nodes[3]?.parent).toEqual({ id: "rows", slot: "body" });
  });

  it("refuses ids that are taken or no ids, and leaves names bound inside of an expression alone", () => {
    expect(renameObjection(chain, "fetch", "end")).toMatch(/Another step/);
    expect(renameObjection(chain, "fetch", "1")).toMatch(/must start with a letter/);
    expect(renameObjection(chain, "fetch", "constructor")).toMatch(/every object/);
    const bound: Draft = { ...chain, output: "{{ [1].map(steps => steps.fetch) }} {{ steps?.fetch }}" };
    expect(renameNode(bound, "fetch", "x-y").output).toBe('{{ [1].map(steps => steps.fetch) }} {{ steps?.["x-y"] }}');
  });
});

describe("renameInput", () => {
  it("follows into steps, conditions, the output and the keys of limits, and touches nothing else of that name", () => {
    const draft: Draft = {
      schema: 1,
      nodes: [{ id: "a", kind: "set", config: { values: { b: "{{ input.customer.id }} {{ input['customer'] }} {{ item.customer }}" } }, skipIf: "{{ input?.customer == null }}" }],
      edges: [{ from: "a", to: "a", when: "{{ input.customer }}" }],
      output: "{{ input.customer }} {{ input.customers }}",
      settings: { rateLimit: { limit: 1, periodSeconds: 1, key: "{{ input.customer }}" } },
    };
    const renamed = renameInput(draft, "customer", "buyer-id");
    expect(renamed.nodes[0]).toMatchObject({ config: { values: { b: '{{ input["buyer-id"].id }} {{ input["buyer-id"] }} {{ item.customer }}' } }, skipIf: '{{ input?.["buyer-id"] == null }}' });
    expect(renamed.edges[0]?.when).toBe('{{ input["buyer-id"] }}');
    expect(renamed.output).toBe('{{ input["buyer-id"] }} {{ input.customers }}');
    expect(renamed.settings?.rateLimit?.key).toBe('{{ input["buyer-id"] }}');
    expect(renameInput(renamed, "buyer-id", "customer").output).toBe('{{ input["customer"] }} {{ input.customers }}');
  });

  it("follows into what start steps make an input of, at its place", () => {
    const start = (config: object) => ({ id: "start", kind: "trigger.webhook", config: config as Record<string, unknown> });
    const renamed = (config: object) => JSON.stringify(renameInput({ schema: 1, nodes: [start(config)], edges: [] }, "customer", "buyer").nodes[0]!.config);
    expect(renamed({ mapping: { type: "jsonPath", fields: { customer: "$.body.customer", total: "$.t" } }, defaultInput: { customer: 1, other: 2 } })).toBe('{"mapping":{"type":"jsonPath","fields":{"buyer":"$.body.customer","total":"$.t"}},"defaultInput":{"buyer":1,"other":2}}');
    expect(renamed({ mapping: { type: "expression", value: { customer: "{{ trigger.body.customer }}" } } })).toBe('{"mapping":{"type":"expression","value":{"buyer":"{{ trigger.body.customer }}"}}}');
    expect(renamed({ defaultInput: { customer: 1, buyer: 2 } })).toBe('{"defaultInput":{"customer":1,"buyer":2}}');
  });
});

describe("clipboard", () => {
  it("renames references among the copied and reports the others", () => {
    const clip = readClip(copySelection(chain, ["loop"], "w1"))!;
    const here = paste(chain, clip, { source: "w1" });
    expect(here.ids).toEqual(["loop_2"]);
    expect(here.lost).toEqual([]);
    expect(config(here.draft, "each_2")?.values).toEqual({ b: "{{ loops.loop_2.item }} of {{ steps['fetch'].output?.a }}" });
    const elsewhere = paste(chain, clip, { source: "w2" });
    expect(elsewhere.lost).toEqual([
      { nodeId: "loop_2", missing: "fetch_2" },
      { nodeId: "each_2", missing: "fetch_2" },
    ]);
    // The step of this workflow that has the same id is another one.
    expect(config(elsewhere.draft, "each_2")?.values).toEqual({ b: `{{ loops.loop_2.item }} of {{ steps["fetch_2"].output?.a }}` });
    expect(validateWorkflow(elsewhere.draft).problems.filter(({ code }) => code === "unknown_step").map(({ nodeId }) => nodeId)).toEqual(expect.arrayContaining(["loop_2", "each_2"]));
  });

  it("reads no stranger's step in the condition of a copied connection, and reports it", () => {
    const rated: Draft = { schema: 1, nodes: ["rate", "a", "b"].map((id) => ({ id, kind: "set" })), edges: [{ from: "rate", to: "a" }, { from: "a", to: "b", when: "{{ steps.rate.output.x > 1 && steps.a.output }}" }] };
    const clip = readClip(copySelection(rated, ["a", "b"], "w1"))!;
    expect(paste(rated, clip, { source: "w1" }).lost).toEqual([]);
    const elsewhere = paste(rated, clip, { source: "w2" });
    expect(elsewhere.lost).toEqual([{ nodeId: "a_2", missing: "rate_2" }]);
    expect(elsewhere.draft.edges.at(-1)).toEqual({ from: "a_2", to: "b_2", when: "{{ steps.rate_2.output.x > 1 && steps.a_2.output }}" });
  });

  it("pastes into a frame and lifts what was copied out of one", () => {
    const clip = readClip(copySelection(chain, ["each"], "w1"))!;
    expect(clip.draft.nodes[0]).not.toHaveProperty("parent");
    expect(paste(chain, clip, { source: "w1", parent: { id: "loop", slot: "body" } }).draft.nodes.at(-1)?.parent).toEqual({ id: "loop", slot: "body" });
  });

  it.each(["", "{}", "plain text", '{"millrace":"steps","source":"x","nodes":[{"id":1}],"edges":[]}'])("refuses %j", (text) => {
    expect(readClip(text)).toBeNull();
  });
});

describe("readDraft", () => {
  it.each([null, {}, { nodes: [{}], edges: [] }, { nodes: [{ id: "a", kind: "set" }, { id: "a", kind: "set" }], edges: [] }, { nodes: [], edges: [{}] }])("leaves %j to the text editor", (document) => {
    expect(readDraft(document)).toBeNull();
  });
});
