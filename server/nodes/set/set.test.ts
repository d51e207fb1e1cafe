import { afterAll, describe, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

/** The kinds that only compute. */
const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown, port?: string) => ({ type: "succeeded", output: value, ...(port === undefined ? {} : { port }) });

describe("set", () => {
  it("keeps the types of values", async () => {
    const config = { values: { a: "{{ input.n }}", b: "n is {{ input.n }}", c: [1, "{{ input.n + 1 }}"] } };
    expect(await bench.run("set", config, { scope: { input: { n: 2 } } })).toEqual(output({ a: 2, b: "n is 2", c: [1, 3] }));
  });

  it("wants an object", async () => {
    expect(await bench.run("set", { values: "{{ 3 }}" })).toMatchObject({ type: "failed", error: { code: "invalid_config", field: "/values" } });
  });
});

describe("trigger.manual", () => {
  it("answers the input", async () => {
    expect(await bench.run("trigger.manual", {}, { scope: { input: { a: 1 } } })).toEqual(output({ a: 1 }));
  });
});

describe("if", () => {
  it.each([[true, "true"], [1, "true"], ["", "false"], [null, "false"], [[], "true"]])("%j takes %s", async (condition, port) => {
    expect(await bench.run("if", { condition: "{{ input }}" }, { scope: { input: condition } })).toEqual(output({ value: port === "true" }, port));
  });
});

describe("switch", () => {
  const cases = [{ name: "one", equals: 1 }, { name: "pair", equals: { a: [1, 2], b: null } }, { name: "date", equals: "{{ new Date(0) }}" }];
  it.each<[unknown, string]>([[1, "one"], ["1", "default"], [{ b: null, a: [1, 2] }, "pair"], [{ a: [2, 1], b: null }, "default"], [new Date(0), "date"], [null, "default"]])("%j takes %s", async (value, port) => {
    const name = port === "default" ? null : port;
    expect(await bench.run("switch", { value: "{{ input }}", cases }, { scope: { input: value } })).toEqual(output({ value, case: name }, port));
  });
});

describe("join, stop, break, continue", () => {
  it("join gathers what was taken", async () => {
    expect(await bench.run("join", {}, { taken: { a: 1, b: null } })).toEqual(output({ a: 1, b: null }));
  });

  it.each(["stop", "break", "continue"] as const)("%s answers its output", async (kind) => {
    expect(await bench.run(kind, { output: { x: "{{ 1 + 1 }}" } })).toEqual(output({ x: 2 }));
    expect(await bench.run(kind, {})).toEqual(output(null));
  });
});

describe("log and fail", () => {
  it("log writes a line", async () => {
    expect(await bench.run("log", { level: "warn", message: "{{ 3 }}", fields: { a: 1 } })).toEqual(output({ message: "3" }));
    expect(bench.logs).toContainEqual({ level: "warn", message: "3", fields: { a: 1 } });
  });

  it("fail fails", async () => {
    expect(await bench.run("fail", { message: "no {{ input }}", code: "out_of_stock", details: { a: 1 } }, { scope: { input: "luck" } })).toEqual({
      type: "failed", error: { code: "out_of_stock", message: "no luck", details: { a: 1 } }, retryable: false,
    });
  });
});
