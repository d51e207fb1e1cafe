import { afterAll, describe, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown) => ({ type: "succeeded", output: value });

describe("trigger.manual", () => {
  it("answers the input", async () => {
    expect(await bench.run("trigger.manual", {}, { scope: { input: { a: 1 } } })).toEqual(output({ a: 1 }));
  });
});
