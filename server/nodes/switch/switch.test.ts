import { afterAll, describe, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown, port?: string) => ({ type: "succeeded", output: value, ...(port === undefined ? {} : { port }) });

describe("switch", () => {
  const cases = [{ name: "one", equals: 1 }, { name: "pair", equals: { a: [1, 2], b: null } }, { name: "date", equals: "{{ new Date(0) }}" }];
  it.each<[unknown, string]>([[1, "one"], ["1", "default"], [{ b: null, a: [1, 2] }, "pair"], [{ a: [2, 1], b: null }, "default"], [new Date(0), "date"], [null, "default"]])("%j takes %s", async (value, port) => {
    const name = port === "default" ? null : port;
    expect(await bench.run("switch", { value: "{{ input }}", cases }, { scope: { input: value } })).toEqual(output({ value, case: name }, port));
  });
});
