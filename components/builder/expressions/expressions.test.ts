import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { membersOf, type ValuePath } from "@/components/values/path-text";
import { compileTemplate } from "@/server/expressions/compile";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import type { Draft } from "../draft";
import { completeAt, type ValueOfChain } from "./complete";
import { expressionAt, insertReference } from "./expression-at";
import { scopeOfEdge, scopeOfField } from "./field-scope";
import { keyOfCalled, knownShape, shapeOfOutput, shapeOfSchema } from "./known-shape";
import { referenceText, stepText } from "./reference-text";

const draft = {
  schema: 1,
  input: { type: "object", properties: { order: { type: "object", properties: { id: { type: "string" } } } } },
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "fetch", kind: "http", name: "Fetch the order", config: { url: "https://example.com" } },
    { id: "beside", kind: "set", config: { values: {} } },
    { id: "each", kind: "forEach", config: { items: "{{ steps.fetch.output.body }}" } },
    { id: "inner", kind: "set", config: {}, parent: { id: "each", slot: "body" } },
    { id: "last", kind: "log", config: {}, parent: { id: "each", slot: "body" } },
    { id: "try", kind: "tryCatch", config: {} },
    { id: "risky", kind: "log", config: {}, parent: { id: "try", slot: "body" } },
    { id: "rescue", kind: "log", config: {}, parent: { id: "try", slot: "catch" } },
  ],
  edges: [{ from: "start", to: "fetch" }, { from: "start", to: "beside" }, { from: "fetch", to: "each" }, { from: "each", to: "try" }, { from: "inner", to: "last" }],
} as unknown as Draft;

const stepsAt = (id: string, pointer = "/config/message") => scopeOfField(draft, id, pointer).steps.map((step) => step.id);
const rootsAt = (id: string, pointer = "/config/message") => scopeOfField(draft, id, pointer).roots;

describe("the scope of a field", () => {
  it("holds the steps before it, the nearest first, inside and outside of its frame", () => {
    expect(stepsAt("last")).toEqual(["inner", "fetch", "start"]);
    expect(stepsAt("fetch", "/config/url")).toEqual(["start"]);
    expect(stepsAt("try", "/config/result")).toContain("risky");
    expect(stepsAt("try", "/skipIf")).not.toContain("risky");
    expect(stepsAt("each", "/config/result")).toContain("inner");
    expect(stepsAt("each", "/config/items")).not.toContain("inner");
  });

  it("has the names that exist at the place and no others", () => {
    expect(rootsAt("last")).toEqual(expect.arrayContaining(["item", "index", "loops", "input"]));
    expect(rootsAt("fetch")).not.toContain("item");
    expect(rootsAt("rescue")).toContain("error");
    expect(rootsAt("risky")).not.toContain("error");
    expect(rootsAt("fetch", "/retry/retryIf")).toEqual(expect.arrayContaining(["error", "attempt"]));
    expect(rootsAt("start", "/config/x")).not.toContain("steps");
    expect(scopeOfEdge(draft, 2).steps.map(({ id }) => id)).toEqual(["fetch", "start"]);
  });

  it("holds every step of the outermost level where the run says what it gives back, and none before it begins", () => {
    const { steps, roots } = scopeOfField(draft, "", "/output/total");
    expect(steps.map((step) => step.id)).toEqual(["try", "each", "beside", "fetch", "start"]);
    expect(roots).toEqual(expect.arrayContaining(["steps", "input"]));
    expect(roots).not.toContain("item");
    expect(scopeOfField(draft, "", "/concurrency/key").steps).toEqual([]);
  });

  it("agrees with the validator: what is offered is no problem, what is not offered is one", () => {
    for (const { id, kind } of draft.nodes) {
      if (kind !== "log") continue;
      const offered = stepsAt(id);
      for (const other of draft.nodes) {
        const text = `{{ ${stepText(other.id)}.output }}`;
        const written = { ...draft, nodes: draft.nodes.map((node) => (node.id === id ? { ...node, config: { message: text } } : node)) };
        const problems = validateWorkflow(written).problems.filter(({ nodeId, path }) => nodeId === id && path.endsWith("/message"));
        // A `try` is known to its catch before it has ended: its error is.
        if (other.id === "try" && id === "rescue") continue;
        expect(problems.length === 0, `${id} reads ${other.id}: ${problems[0]?.message}`).toBe(offered.includes(other.id));
      }
    }
  });
});

describe("completion", () => {
  const values: Record<string, unknown> = { "steps.fetch.output": { status: 200, body: [{ sku: "a" }], "set-cookie": "x" }, "steps.fetch.output.body": [{ sku: "a" }], "steps.fetch.output.body.0": { sku: "a" }, input: { order: { id: "7" } } };
  const valueOf: ValueOfChain = (chain) => Promise.resolve(values[chain.join(".")]);
  const scope = scopeOfField(draft, "last", "/config/message");
  const complete = async (text: string) => {
    const found = await completeAt(text, text.length, scope, valueOf);
    return found === null ? null : { from: found.from, labels: found.options.map(({ label }) => label), inserts: found.options.map(({ insert }) => insert) };
  };

  it("offers roots and steps, ids, results, and what the values hold", async () => {
    expect((await complete("Hello {{ "))?.labels).toEqual(expect.arrayContaining(["item", "input", "steps.inner.output", "steps.fetch.output"]));
    expect((await complete("{{ steps."))?.labels).toEqual(["inner", "fetch", "start"]);
    expect((await complete("{{ steps.fetch."))?.labels).toEqual(["output", "error", "status"]);
    expect(await complete("{{ steps.fetch.output.st")).toMatchObject({ from: "{{ steps.fetch.output".length, labels: ["status", "body", "set-cookie"], inserts: [".status", ".body", '["set-cookie"]'] });
    expect((await complete("{{ 1 + steps.fetch.output.body[0]."))?.labels).toEqual(["sku"]);
    expect((await complete('{{ steps["fetch"].output.body.'))?.labels).toEqual(expect.arrayContaining(["[0]", "map()", "length"]));
    expect((await complete("{{ input?."))?.inserts).toEqual(["?.order"]);
    expect((await complete("{{ loops."))?.labels).toEqual(["each"]);
  });

  it("offers nothing behind a value, where no other can stand", async () => {
    for (const text of ["{{ input.order ", "{{ input.order > 100 ", "{{ 1 > 0 in", "{{ [1] ", "{{ f(1) "]) expect(await complete(text), text).toBeNull();
    for (const text of ["{{ input.order > ", "{{ typeof ", "{{ (", "{{ [1, ", "{{ 1 + in"]) expect((await complete(text))?.labels, text).toContain("input");
  });

  it("offers nothing outside of expressions, in texts, and of steps that cannot be read", async () => {
    expect(await complete("steps.")).toBeNull();
    expect(await complete("{{ 1 }} steps.")).toBeNull();
    expect(await complete("{{ steps.beside.")).toBeNull();
    expect(await complete("{{ unknown.thing.")).toBeNull();
  });
});

describe("what is known before anything ran", () => {
  it("comes from kinds and schemas", () => {
    const alone = { nodes: [], edges: [] };
    expect(Object.keys(knownShape({ id: "a", kind: "http", config: {} }, alone) ?? {})).toEqual(["status", "headers", "body", "url"]);
    expect(knownShape({ id: "a", kind: "set", config: { values: { total: 1 } } }, alone)).toEqual({ total: undefined });
    expect(knownShape({ id: "a", kind: "constructor", config: {} }, alone)).toBeUndefined();
    expect(knownShape({ id: "a", kind: "wait.signal", config: { schema: { properties: { ok: {} } } } }, alone)).toEqual({ ok: undefined });
    expect(shapeOfSchema(draft.input)).toEqual({ order: { id: undefined } });
  });

  it("comes from the version that a step calls, also as the last step of a loop", () => {
    const call = { id: "call", kind: "subworkflow", config: { workflow: "charge", version: 3 } };
    const block = { id: "tax", kind: "module", config: { module: "tax", version: 2 } };
    const called = new Map([[keyOfCalled(call)!, shapeOfOutput({ output: { paid: "{{ 1 }}" }, outputSchema: { properties: { receipt: { properties: { no: {} } } } } })], [keyOfCalled(block)!, shapeOfOutput({ output: { rate: "{{ 1 }}" } })]]);
    const known = { nodes: [], edges: [], called };
    expect(knownShape(call, known)).toEqual({ receipt: { no: undefined } });
    expect(knownShape(block, known)).toEqual({ rate: undefined });
    expect(knownShape({ ...call, config: { ...call.config, wait: false } }, known)).toEqual({ runId: undefined });
    expect(knownShape({ ...call, config: { workflow: "charge" } }, known)).toBeUndefined();
    expect(keyOfCalled({ kind: "subworkflow", config: { workflow: "{{ input.which }}" } })).toBeNull();
    expect(knownShape({ id: "each", kind: "forEach", config: {} }, { ...known, nodes: [{ ...call, parent: { id: "each", slot: "body" } }] })).toEqual([{ receipt: { no: undefined } }]);
  });
});

describe("what is known of frames and joins before anything ran", () => {
  const set = (id: string, parent?: string) => ({ id, kind: "set", config: { values: { [`of_${id}`]: 1 } }, ...(parent === undefined ? {} : { parent: { id: parent, slot: "body" } }) });
  const frame = (kind: string, config: Record<string, unknown> = {}) => ({ id: "frame", kind, config });
  const inside = { nodes: [set("a", "frame"), set("b", "frame")], edges: [{ from: "a", to: "b" }] };

  it("comes from what they hold, or from their result", () => {
    expect(knownShape(frame("forEach"), inside)).toEqual([{ of_b: undefined }]);
    expect(knownShape(frame("while"), inside)).toEqual({ of_b: undefined });
    expect(knownShape(frame("parallel"), { ...inside, edges: [] })).toEqual({ a: { of_a: undefined }, b: { of_b: undefined } });
    expect(knownShape(frame("parallel", { result: { sum: "{{ 1 }}" } }), inside)).toEqual({ sum: undefined });
    expect(knownShape(frame("parallel", { result: "{{ 1 }}" }), inside)).toBeUndefined();
  });

  it("comes from what leads into a join", () => {
    expect(knownShape({ id: "join", kind: "join", config: {} }, { nodes: [set("a"), set("b"), set("c")], edges: [{ from: "a", to: "join" }, { from: "b", to: "join" }] })).toEqual({ a: { of_a: undefined }, b: { of_b: undefined } });
  });

  it("comes to an end in drafts that go in circles", () => {
    const round = { nodes: [{ id: "x", kind: "join" }, { id: "y", kind: "join" }], edges: [{ from: "x", to: "y" }, { from: "y", to: "x" }] };
    expect(knownShape(round.nodes[0]!, round)).toHaveProperty("y.x");
  });
});

describe("inserting a reference", () => {
  it("adds braces where there are none, and only the reference where there are", () => {
    expect(insertReference("Hi !", 3, 3, "input.name")).toEqual({ text: "Hi {{ input.name }}!", cursor: 19 });
    expect(insertReference("{{ 1 +  }}", 7, 7, "input.n").text).toBe("{{ 1 + input.n }}");
    expect(insertReference("{{ }}", 3, 3, "input.n").text).toBe("{{ input.n }}");
    expect(insertReference("{{ a }} and ", 12, 12, "b").text).toBe("{{ a }} and {{ b }}");
    for (const text of ["{{ true }}", "{{ [] }}", "{{ 5 }}"]) expect(insertReference(text, 0, 0, "input.n")).toEqual({ text: "{{ input.n }}", cursor: 10 });
    expect(insertReference("{{ 1 + }}", 7, 7, "input.n").text).toBe("{{ 1 + input.n}}");
    expect(expressionAt('{{ "}}" + x }}', 10)).toEqual({ from: 2, to: 12 });
  });

  it("yields the value that was picked, whatever its names are and whatever text it is put into", () => {
    const literal = fc.string({ maxLength: 8 }).filter((text) => !text.includes("{") && !text.includes("\\"));
    const id = fc.constantFrom("fetch", "a-b", "x_1", "if");
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), id, literal, fc.nat(), (output, choice, step, text, where) => {
        const places: { path: ValuePath; value: unknown }[] = [];
        const visit = (value: unknown, path: ValuePath) => {
          places.push({ path, value });
          if (typeof value === "object" && value !== null) for (const member of membersOf(value, path)) visit(member.value, member.path);
        };
        visit(output, []);
        const { path, value } = places[choice % places.length]!;
        // What every object inherits is read in the sandbox, which this test does not start.
        if (path.some((part) => typeof part === "string" && part in Object.prototype)) return;
        const scope = { steps: { [step]: { output, error: null, status: "succeeded" } } };
        const read = (template: string) => {
          const compiled = compileTemplate(template);
          if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
          return evaluateTemplate(compiled.template, scope, { sandbox: { evaluateExpressions: () => Promise.reject(new Error("no sandbox")) }, seed: "", nowMs: 0 });
        };
        const reference = referenceText(`${stepText(step)}.output`, path);
        expect(read(insertReference("", 0, 0, reference).text)).toEqual({ ok: true, value });
        const at = where % (text.length + 1);
        expect(read(insertReference(text, at, at, reference).text)).toMatchObject({ ok: true });
      }),
    );
  });
});
