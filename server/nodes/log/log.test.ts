import { afterAll, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const output = (value: unknown) => ({ type: "succeeded", output: value });

it("writes a line", async () => {
  expect(await bench.run("log", { level: "warn", message: "{{ 3 }}", fields: { a: 1 } })).toEqual(output({ message: "3" }));
  expect(bench.logs).toContainEqual({ level: "warn", message: "3", fields: { a: 1 } });
});
