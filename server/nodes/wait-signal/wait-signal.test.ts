import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const elapsed = { resumption: { cause: "elapsed" }, payload: null } as const;
const signal = (payload: unknown) => ({ resumption: { cause: "signal", ref: "1" }, payload }) as const;

describe("wait.signal", () => {
  const config = { signal: "paid-{{ input }}", expiresAfterSeconds: 60, schema: { type: "object", required: ["amount"] } };

  it("waits for its name", async () => {
    expect(await bench.run("wait.signal", config, { scope: { input: 7 } })).toEqual({ type: "waiting", wait: { kind: "signal", signal: "paid-7", until: NOW + 60_000 } });
  });

  it("answers the payload, checked", async () => {
    expect(await bench.resume("wait.signal", config, signal({ amount: 1 }))).toEqual({ type: "succeeded", output: { amount: 1 } });
    expect(await bench.resume("wait.signal", config, signal({}))).toMatchObject({ type: "failed", error: { code: "invalid_signal" } });
  });

  it("expires", async () => {
    expect(await bench.resume("wait.signal", config, elapsed)).toEqual({ type: "succeeded", output: null, port: "expired" });
  });
});
