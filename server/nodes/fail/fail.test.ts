import { afterAll, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

it("fails as it is told", async () => {
  expect(await bench.run("fail", { message: "no {{ input }}", code: "out_of_stock", details: { a: 1 } }, { scope: { input: "luck" } })).toEqual({
    type: "failed", error: { code: "out_of_stock", message: "no luck", details: { a: 1 } }, retryable: false,
  });
  expect(await bench.run("fail", { message: "again", retryable: true })).toMatchObject({ type: "failed", retryable: true });
});
