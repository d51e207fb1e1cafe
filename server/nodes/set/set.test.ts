import { afterAll, describe, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown) => ({ type: "succeeded", output: value });

describe("set", () => {
  it("keeps the types of values", async () => {
    const config = { values: { a: "{{ input.n }}", b: "n is {{ input.n }}", c: [1, "{{ input.n + 1 }}"] } };
    expect(await bench.run("set", config, { scope: { input: { n: 2 } } })).toEqual(output({ a: 2, b: "n is 2", c: [1, 3] }));
  });

  it("wants an object", async () => {
    expect(await bench.run("set", { values: "{{ 3 }}" })).toMatchObject({ type: "failed", error: { code: "invalid_config", field: "/values" } });
  });
});
