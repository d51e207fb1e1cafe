import { afterAll, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown) => ({ type: "succeeded", output: value });

it("gathers what was taken", async () => {
  expect(await bench.run("join", {}, { taken: { a: 1, b: null } })).toEqual(output({ a: 1, b: null }));
});
