import { describe, expect, it } from "vitest";
import type { DefinitionInput } from "@/server/engine/definition";
import { validateWorkflow } from "./validate-workflow";

type NodeInput = DefinitionInput["nodes"][number];
type EdgeInput = DefinitionInput["edges"][number];

const start: NodeInput = { id: "start", kind: "trigger.manual" };
const set = (id: string, more: Partial<NodeInput> = {}): NodeInput => ({ id, kind: "set", config: { values: {} }, ...more });
const reading = (id: string, expression: string, more: Partial<NodeInput> = {}): NodeInput => set(id, { config: { values: { x: `{{ ${expression} }}` } }, ...more });
const chain = (...ids: string[]): EdgeInput[] => ids.slice(1).map((to, index) => ({ from: ids[index]!, to }));
const within = (id: string, slot: string) => ({ parent: { id, slot } });

function problemsOf(nodes: NodeInput[], edges: EdgeInput[] = [], more: Partial<DefinitionInput> = {}) {
  return validateWorkflow({ schema: 1, nodes, edges, ...more }).problems;
}

const codesOf = (...parameters: Parameters<typeof problemsOf>) => problemsOf(...parameters).map(({ code, path }) => `${code} ${path}`);

describe("texts", () => {
  it("that the database cannot hold are refused with their step", () => {
    expect(problemsOf([start, set("a", { config: { values: { x: "a\0b" } } })], chain("start", "a"))).toMatchObject([{ severity: "error", code: "unstorable_text", path: "/nodes/1/config/values/x", nodeId: "a" }]);
    expect(codesOf([start], [], { settings: { labels: { [`k\uD83D`]: "v" } } })).toContain("unstorable_text /settings/labels");
  });
});

const loop: NodeInput = { id: "loop", kind: "forEach", config: { items: [] } };
const again: NodeInput = { id: "again", kind: "while", config: { condition: "{{ true }}" } };
const attempt: NodeInput = { id: "attempt", kind: "tryCatch" };

describe("shape", () => {
  it.each([
    ["no object", 7, ""],
    ["another schema", { schema: 2, nodes: [], edges: [] }, "/schema"],
    ["a bad id", { schema: 1, nodes: [{ id: "1a", kind: "set" }], edges: [] }, "/nodes/0/id"],
    ["a name that every object has", { schema: 1, nodes: [{ id: "constructor", kind: "set" }], edges: [] }, "/nodes/0/id"],
    ["a wrong type", { schema: 1, nodes: [{ id: "a", kind: "set", timeoutSeconds: "1" }], edges: [] }, "/nodes/0/timeoutSeconds"],
    ["an unknown property", { schema: 1, nodes: [{ id: "a", kind: "set", colour: 1 }], edges: [] }, "/nodes/0"],
  ])("refuses %s", (_name, document, path) => {
    const { definition, problems } = validateWorkflow(document);
    expect(definition).toBeNull();
    expect(problems[0]).toMatchObject({ severity: "error", code: "invalid_shape", path });
  });

  it("names the node at fault", () => {
    expect(validateWorkflow({ schema: 1, nodes: [{ id: "a", kind: 3 }], edges: [] }).problems[0]).toMatchObject({ nodeId: "a", path: "/nodes/0/kind" });
  });

  it("refuses bottomless documents without walking into them", () => {
    let deep: unknown = 0;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(validateWorkflow({ schema: 1, nodes: [set("a", { config: { values: { deep } } })], edges: [] }).problems).toMatchObject([{ code: "too_deep" }]);
  });

  it("gives the definition back when only its content is wrong", () => {
    const { definition } = validateWorkflow({ schema: 1, nodes: [{ id: "a", kind: "nonsense" }], edges: [] });
    expect(definition?.nodes).toHaveLength(1);
  });
});

describe("structure", () => {
  it.each<[string, NodeInput[], EdgeInput[], string[]]>([
    ["nothing wrong", [start, set("a")], chain("start", "a"), []],
    ["no nodes", [], [], ["empty /nodes"]],
    ["no trigger", [set("a")], [], ["no_trigger /nodes"]],
    ["duplicate ids", [start, set("a"), set("a")], chain("start", "a"), ["duplicate_id /nodes/2/id"]],
    ["an edge from nowhere", [start], [{ from: "x", to: "start" }], ["unknown_node /edges/0/from"]],
    ["an edge to nowhere", [start], [{ from: "start", to: "x" }], ["unknown_node /edges/0/to"]],
    ["an unknown port", [start, set("a")], [{ from: "start", to: "a", port: "left" }], ["unknown_port /edges/0/port"]],
    ["an error port without routing", [start, set("a"), set("b")], [...chain("start", "a", "b"), { from: "a", to: "b", port: "error" }], ["unknown_port /edges/2/port"]],
    ["a routed error", [start, set("a", { onError: "route" }), set("b")], [...chain("start", "a"), { from: "a", to: "b", port: "error" }], []],
    ["routing into nothing", [start, set("a", { onError: "route" })], chain("start", "a"), ["error_without_route /nodes/1/onError"]],
    ["an edge after stop", [start, { id: "end", kind: "stop" }, set("a")], [...chain("start", "end", "a")], ["unknown_port /edges/1/port"]],
    ["a circle", [start, set("a"), set("b")], chain("start", "a", "b", "a"), ["cycle /edges/2"]],
    ["a node that follows itself", [start, set("a")], [...chain("start", "a"), { from: "a", to: "a" }], ["cycle /edges/1"]],
    ["a second same edge", [start, set("a")], [...chain("start", "a"), ...chain("start", "a")], ["duplicate_edge /edges/1"]],
    ["an unreachable node", [start, set("a"), set("b")], chain("start", "a"), ["unreachable /nodes/2"]],
    ["an edge into a trigger", [start, set("a"), { id: "other", kind: "trigger.manual" }], [...chain("start", "a"), ...chain("a", "other")], ["edge_into_trigger /edges/1/to"]],
    ["an unknown parent", [start, set("a", within("x", "body"))], [], ["unknown_parent /nodes/1/parent/id"]],
    ["a parent that holds nothing", [start, set("a"), set("b", within("a", "body"))], chain("start", "a"), ["parent_not_container /nodes/2/parent/id"]],
    ["an unknown slot", [start, loop, set("a", within("loop", "catch"))], chain("start", "loop"), ["unknown_slot /nodes/2/parent/slot"]],
    ["a slot that its config does not have", [start, { id: "p", kind: "parallel", config: { branches: 2 } }, set("a", within("p", "branch:2"))], chain("start", "p"), ["unknown_slot /nodes/2/parent/slot"]],
    ["a circle of parents", [start, { ...loop, ...within("again", "body") }, { ...again, ...within("loop", "body") }], [], ["parent_cycle /nodes/1/parent/id", "parent_cycle /nodes/2/parent/id"]],
    ["an edge across slots", [start, loop, set("a", within("loop", "body"))], [...chain("start", "loop"), ...chain("start", "a")], ["edge_crosses_slots /edges/1/to"]],
    ["an edge between two slots", [start, attempt, set("a", within("attempt", "body")), set("b", within("attempt", "catch"))], [...chain("start", "attempt"), ...chain("a", "b")], ["edge_crosses_slots /edges/1/to"]],
    ["break outside of a loop", [start, { id: "b", kind: "break" }], chain("start", "b"), ["outside_loop /nodes/1/kind"]],
    ["break deep in a loop", [start, loop, { ...attempt, ...within("loop", "body") }, { id: "b", kind: "break", ...within("attempt", "catch") }], chain("start", "loop"), []],
    ["a trigger in a container", [start, loop, { id: "t", kind: "trigger.manual", ...within("loop", "body") }], chain("start", "loop"), ["trigger_in_container /nodes/2/kind"]],
    ["retry of a container", [start, { ...loop, retry: { maxAttempts: 2 } }], chain("start", "loop"), ["not_for_containers /nodes/1/retry"]],
    ["cache of a container", [start, { ...loop, cache: { key: "x", ttlSeconds: 1 } }], chain("start", "loop"), ["not_for_containers /nodes/1/cache"]],
    ["a timeout of a trigger", [{ ...start, timeoutSeconds: 3 }], [], ["no_effect /nodes/0/timeoutSeconds"]],
    ["a timeout of what only waits", [start, { id: "w", kind: "wait.signal", config: { signal: "x" }, timeoutSeconds: 3 }, { id: "d", kind: "delay", config: { seconds: 1 }, timeoutSeconds: 3 }], chain("start", "w", "d"), ["no_effect /nodes/1/timeoutSeconds", "no_effect /nodes/2/timeoutSeconds"]],
    ["one attempt", [start, set("a", { retry: { maxAttempts: 1 } })], chain("start", "a"), ["no_effect /nodes/1/retry/maxAttempts"]],
    ["a join without edges", [start, { id: "j", kind: "join" }], [], ["unreachable /nodes/1", "join_never_fires /nodes/1"]],
    ["a join that waits for too many", [start, set("a"), { id: "j", kind: "join", config: { mode: "n", n: 2 } }], chain("start", "a", "j"), ["join_never_fires /nodes/2/config/n"]],
    ["a port of a case", [start, { id: "s", kind: "switch", config: { value: 1, cases: [{ name: "one", equals: 1 }] } }, set("a")], [...chain("start", "s"), { from: "s", to: "a", port: "one" }], []],
  ])("%s", (_name, nodes, edges, codes) => {
    expect(codesOf(nodes, edges)).toEqual(codes);
  });

  it("puts errors before warnings", () => {
    expect(problemsOf([start, set("a", { onError: "route" }), set("b")], chain("start", "a")).map(({ severity }) => severity)).toEqual(["error", "warning"]);
  });
});

describe("config", () => {
  const only = (kind: string, config: Record<string, unknown>) =>
    problemsOf([start, { id: "n", kind, config }], chain("start", "n")).map(({ code, path }) => `${code} ${path.replace("/nodes/1", "")}`);

  it.each<[string, string, Record<string, unknown>, string[]]>([
    ["an unknown kind", "teleport", {}, ["unknown_kind /kind"]],
    ["a missing field", "http", {}, ["invalid_config /config/url"]],
    ["an unknown field", "http", { url: "http://x", ulr: 1 }, ["invalid_config /config"]],
    ["a wrong type", "delay", { seconds: "five" }, ["invalid_config /config/seconds"]],
    ["an expression instead", "delay", { seconds: "{{ input.seconds }}" }, []],
    ["a text with an expression where a number must be", "delay", { seconds: "{{ input.a }} s" }, ["invalid_config /config/seconds"]],
    ["an expression for an enum", "http", { url: "{{ input.url }}", method: "{{ input.method }}" }, []],
    ["an expression for a part", "http", { url: "http://x", body: "{{ input.body }}" }, []],
    ["an expression inside a union", "http", { url: "http://x", body: { type: "form", fields: { a: "{{ 1 }}" } } }, []],
    ["a bad member of a union", "http", { url: "http://x", body: { type: "json" } }, ["invalid_config /config/body/value"]],
    ["an unknown member of a union", "http", { url: "http://x", auth: { type: "magic" } }, ["invalid_config /config/auth/type"]],
    ["an expression for a version", "subworkflow", { workflow: "x", version: "{{ input.version }}" }, []],
    ["a bad version", "subworkflow", { workflow: "x", version: "newest" }, ["invalid_config /config/version"]],
    ["a delay without time", "delay", {}, ["invalid_config /config"]],
    ["a delay with both", "delay", { seconds: 1, until: "2026-01-01" }, ["invalid_config /config/until"]],
    ["cases of the same name", "switch", { value: 1, cases: [{ name: "a", equals: 1 }, { name: "a", equals: 2 }] }, ["invalid_config /config/cases/1/name"]],
    ["a case called default", "switch", { value: 1, cases: [{ name: "default", equals: 1 }] }, ["invalid_config /config/cases/0/name"]],
    ["a join without n", "join", { mode: "n" }, ["invalid_config /config/n"]],
    ["code with a syntax error", "transform", { code: "return (1" }, ["invalid_config /config/code"]],
    ["code that reads steps", "transform", { code: "return steps.a" }, ["invalid_config /config/code"]],
    ["code with its own steps", "transform", { code: "const steps = [1]; return steps[0]" }, []],
    ["braces in code", "transform", { code: "return `{{ not an expression`" }, []],
    ["an expression that the engine would need before", "forEach", { items: [], mode: "{{ input.mode }}" }, ["invalid_config /config/mode"]],
    ["a case named by an expression", "switch", { value: 1, cases: [{ name: "{{ input }}", equals: 1 }] }, ["invalid_config /config/cases/0/name"]],
    ["an expression for a schema", "llm", { prompt: "x", outputSchema: "{{ input }}" }, ["invalid_config /config/outputSchema"]],
    ["a model without question", "llm", {}, ["invalid_config /config/prompt"]],
    ["a bad JSON Schema", "llm", { prompt: "x", outputSchema: { type: "objekt" } }, ["invalid_schema /config/outputSchema/type"]],
    ["a bad JSON Schema of a form", "approval", { title: "x", form: { properties: { a: { minLength: -1 } } } }, ["invalid_schema /config/form/properties/a/minLength"]],
    ["a condition that always holds", "ifElse", { condition: "input.a > 3" }, ["constant_condition /config/condition"]],
    ["a condition of if that always holds", "if", { condition: "input.a" }, ["constant_condition /config/condition"]],
    ["a condition that is a value", "if", { condition: true }, []],
    ["a condition of several parts, which is a text", "if", { condition: "{{ input.a }}{{ true }}" }, ["constant_condition /config/condition"]],
    ["a condition with spaces around it", "if", { condition: " {{ input.a }} " }, ["constant_condition /config/condition"]],
    ["a loop that always holds", "while", { condition: "true" }, ["constant_condition /config/condition"]],
  ])("%s", (_name, kind, config, codes) => {
    expect(only(kind, config)).toEqual(codes);
  });

  it("shows a config of a newer version without checking it", () => {
    expect(codesOf([start, set("a", { kindVersion: 9, config: { anything: 1 } })], chain("start", "a"))).toEqual(["unknown_kind_version /nodes/1/kindVersion"]);
  });

  it("checks the schemas of the workflow", () => {
    expect(codesOf([start], [], { input: { type: 3 }, outputSchema: { required: "x" } })).toEqual(["invalid_schema /input/type", "invalid_schema /outputSchema/required"]);
  });
});

describe("expressions", () => {
  const inLoop = within("loop", "body");

  it.each<[string, NodeInput[], EdgeInput[], string[]]>([
    ["a syntax error", [start, reading("a", "1 +")], chain("start", "a"), ["bad_expression /nodes/1/config/values/x"]],
    ["an unclosed expression", [start, set("a", { config: { values: { x: "{{ 1" } } })], chain("start", "a"), ["bad_expression /nodes/1/config/values/x"]],
    ["an unknown name", [start, reading("a", "inptu.b")], chain("start", "a"), ["unknown_name /nodes/1/config/values/x"]],
    ["an unknown step", [start, reading("a", "steps.b.output")], chain("start", "a"), ["unknown_step /nodes/1/config/values/x"]],
    ["a step before", [start, set("a"), reading("b", "steps.a.output")], chain("start", "a", "b"), []],
    ["a step after", [start, reading("a", "steps.b.output"), set("b")], chain("start", "a", "b"), ["not_upstream /nodes/1/config/values/x"]],
    ["a step beside", [start, set("a"), reading("b", "steps.a.output")], [...chain("start", "a"), ...chain("start", "b")], ["not_upstream /nodes/2/config/values/x"]],
    ["itself", [start, reading("a", "steps.a.output")], chain("start", "a"), ["not_upstream /nodes/1/config/values/x"]],
    ["a step inside a container", [start, loop, set("in", inLoop), reading("b", "steps.in.output")], chain("start", "loop", "b"), ["invisible_step /nodes/3/config/values/x"]],
    ["a step around", [start, set("a"), loop, reading("in", "steps.a.output", inLoop)], chain("start", "a", "loop"), []],
    ["a step after the container around", [start, loop, reading("in", "steps.b.output", inLoop), set("b")], chain("start", "loop", "b"), ["not_upstream /nodes/2/config/values/x"]],
    ["another slot", [start, attempt, set("t", within("attempt", "body")), reading("c", "steps.t.output", within("attempt", "catch"))], chain("start", "attempt"), ["invisible_step /nodes/3/config/values/x"]],
    ["the result of a loop", [start, { ...loop, config: { items: [], result: "{{ steps.in.output + index + item }}" } }, set("in", inLoop)], chain("start", "loop"), []],
    ["items of a loop do not see its nodes", [start, { ...loop, config: { items: "{{ steps.in.output }}" } }, set("in", inLoop)], chain("start", "loop"), ["invisible_step /nodes/1/config/items"]],
    ["item outside", [start, reading("a", "item")], chain("start", "a"), ["unknown_name /nodes/1/config/values/x"]],
    ["item in a while", [start, again, reading("a", "item", within("again", "body"))], chain("start", "again"), ["unknown_name /nodes/2/config/values/x"]],
    ["previous in a while", [start, again, reading("a", "previous + index", within("again", "body"))], chain("start", "again"), []],
    ["previous in the condition", [start, { ...again, config: { condition: "{{ previous !== null && index < 3 }}" } }], chain("start", "again"), []],
    ["previous in a forEach", [start, loop, reading("a", "previous", inLoop)], chain("start", "loop"), ["unknown_name /nodes/2/config/values/x"]],
    ["a loop by name", [start, loop, reading("a", "loops.loop.item", inLoop)], chain("start", "loop"), []],
    ["a loop that is not around", [start, loop, reading("a", "loops.other.item", inLoop)], chain("start", "loop"), ["unknown_loop /nodes/2/config/values/x"]],
    ["error in a catch", [start, attempt, reading("a", "error.message + steps.attempt.error.code", within("attempt", "catch"))], chain("start", "attempt"), []],
    ["error in a finally", [start, attempt, reading("a", "error?.message", within("attempt", "finally"))], chain("start", "attempt"), []],
    ["error in a body", [start, attempt, reading("a", "error", within("attempt", "body"))], chain("start", "attempt"), ["unknown_name /nodes/2/config/values/x"]],
    ["error elsewhere", [start, reading("a", "error")], chain("start", "a"), ["unknown_name /nodes/1/config/values/x"]],
    ["a retry condition", [start, set("a", { retry: { maxAttempts: 3, retryIf: "error.code == 'x' && attempt < 2" } })], chain("start", "a"), []],
    ["a bad retry condition", [start, set("a", { retry: { maxAttempts: 3, retryIf: "erorr.code" } })], chain("start", "a"), ["unknown_name /nodes/1/retry/retryIf"]],
    ["attempt elsewhere", [start, reading("a", "attempt")], chain("start", "a"), ["unknown_name /nodes/1/config/values/x"]],
    ["skipIf without expression", [start, set("a", { skipIf: "input.a" })], chain("start", "a"), ["constant_condition /nodes/1/skipIf"]],
    ["an edge reads its source", [start, set("a"), set("b")], [...chain("start", "a"), { from: "a", to: "b", when: "{{ steps.a.output.x > 1 && steps.start.output }}" }], []],
    ["an edge reads its target", [start, set("a"), set("b")], [...chain("start", "a"), { from: "a", to: "b", when: "{{ steps.b.output }}" }], ["not_upstream /edges/1/when"]],
    ["an edge without expression", [start, set("a")], [{ from: "start", to: "a", when: "yes" }], ["constant_condition /edges/0/when"]],
    ["a secret in a value", [start, reading("a", "secrets.KEY")], chain("start", "a"), ["secret_outside_secret_field /nodes/1/config/values/x"]],
    ["a secret in an expression", [start, { id: "h", kind: "http", config: { url: "http://x", headers: { a: "{{ secrets.KEY + 1 }}" } } }], chain("start", "h"), ["secret_outside_secret_field /nodes/1/config/headers/a"]],
    ["a secret in its place", [start, { id: "h", kind: "http", config: { url: "http://x", headers: { a: "Key {{ secrets.KEY }}" }, auth: { type: "bearer", token: "{{ secrets.T }}" } } }], chain("start", "h"), []],
    ["a secret in a URL", [start, { id: "h", kind: "http", config: { url: "http://x/{{ secrets.KEY }}" } }], chain("start", "h"), ["secret_outside_secret_field /nodes/1/config/url"]],
    ["page variables", [start, { id: "h", kind: "http", config: { url: "http://x", pagination: { next: { query: { page: "{{ page + 1 }}" } }, until: "{{ !response.body.more }}" } } }], chain("start", "h"), []],
    ["page variables elsewhere", [start, { id: "h", kind: "http", config: { url: "http://x/{{ page }}" } }], chain("start", "h"), ["unknown_name /nodes/1/config/url"]],
  ])("%s", (_name, nodes, edges, codes) => {
    expect(codesOf(nodes, edges)).toEqual(codes);
  });

  it("reads the workflow's output at the end", () => {
    expect(codesOf([start, loop, set("in", inLoop), set("a")], [...chain("start", "loop"), ...chain("start", "a")], { output: "{{ steps.a.output + steps.loop.output }}" })).toEqual([]);
    expect(codesOf([start, loop, set("in", inLoop)], chain("start", "loop"), { output: { x: "{{ steps.in.output }}" } })).toEqual(["invisible_step /output/x"]);
  });

  it("says of an empty field that it is required", () => {
    const [missing] = problemsOf([start, { id: "ask", kind: "approval", config: {} }], chain("start", "ask"));
    expect(missing).toMatchObject({ path: "/nodes/1/config/title", message: "title is required" });
  });

  it("says where, and what may be meant", () => {
    const [syntax] = problemsOf([start, set("a", { config: { values: { x: "abc {{ 1 + }}" } } })], chain("start", "a"));
    expect(syntax).toMatchObject({ nodeId: "a", message: expect.stringContaining("character 12") as string, offset: 11 });
    const [typo] = problemsOf([start, set("load-order"), reading("b", "steps.loadOrder.output")], chain("start", "load-order", "b"));
    expect(typo?.message).toContain('did you mean "load-order"?');
    const [bare] = problemsOf([start, set("a"), reading("b", "a.x")], chain("start", "a", "b"));
    expect(bare?.message).toContain("steps.a.output");
  });
});

describe("a document made to keep the validator busy", () => {
  it("is refused before its expressions are compiled", () => {
    const values = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, `{{ input.a${index} + 1 }}`]));
    expect(codesOf([start, set("a", { config: { values } })], chain("start", "a"))).toEqual(["too_many_expressions "]);
  });
});

describe("fields of the input", () => {
  const problemsWith = (input: unknown, value: string) =>
    validateWorkflow({ schema: 1, input, nodes: [{ id: "start", kind: "trigger.manual" }, { id: "a", kind: "set", config: { values: { x: value } } }], edges: [{ from: "start", to: "a" }], output: "{{ input.order_id }}" }).problems.filter(({ code }) => code === "unknown_input");

  it("are named where a schema declares its fields and not these", () => {
    expect(problemsWith({ type: "object", properties: { orderId: {} } }, "{{ input.total + input?.total + input.orderId }}")).toEqual([
      { severity: "warning", code: "unknown_input", message: expect.stringContaining('no field "total"') as string, nodeId: "a", path: "/nodes/1/config/values/x", offset: expect.any(Number) as number },
      { severity: "warning", code: "unknown_input", message: expect.stringContaining('no field "order_id"; did you mean "orderId"?') as string, path: "/output", offset: expect.any(Number) as number },
    ]);
    expect(problemsWith({ type: "object", properties: {}, additionalProperties: false }, "{{ input.total }}")).toHaveLength(2);
  });

  it.each([{}, { type: "object" }, { type: "object", properties: { a: {} }, additionalProperties: true }, { properties: { a: {} }, anyOf: [{}] }, { properties: { a: {} }, patternProperties: { "^x": {} } }])("may be any of %j", (input) => {
    expect(problemsWith(input, "{{ input.total }} {{ Object.keys(input) }}")).toEqual([]);
  });
});
