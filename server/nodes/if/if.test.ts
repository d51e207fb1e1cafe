import { afterAll, describe, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown, port?: string) => ({ type: "succeeded", output: value, ...(port === undefined ? {} : { port }) });

describe("if", () => {
  it.each([[true, "true"], [1, "true"], ["", "false"], [null, "false"], [[], "true"]])("%j takes %s", async (condition, port) => {
    expect(await bench.run("if", { condition: "{{ input }}" }, { scope: { input: condition } })).toEqual(output({ value: port === "true" }, port));
  });
});
