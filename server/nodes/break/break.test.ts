import { afterAll, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown) => ({ type: "succeeded", output: value });

it("answers its output", async () => {
  expect(await bench.run("break", { output: { x: "{{ 1 + 1 }}" } })).toEqual(output({ x: 2 }));
  expect(await bench.run("break", {})).toEqual(output(null));
});
