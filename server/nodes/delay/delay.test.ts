import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

const elapsed = { resumption: { cause: "elapsed" }, payload: null } as const;

describe("delay", () => {
  it.each<[string, Record<string, unknown>, number]>([
    ["a duration", { hours: 1, minutes: 1, seconds: 1.5 }, NOW + 3_661_500],
    ["days", { days: 2 }, NOW + 172_800_000],
    ["a text", { until: "2026-02-01T00:00:00Z" }, Date.UTC(2026, 1, 1)],
    ["a number", { until: NOW + 5 }, NOW + 5],
    ["a date", { until: "{{ new Date(2100, 0, 1) }}" }, Date.UTC(2100, 0, 1)],
  ])("waits for %s", async (_name, config, until) => {
    expect(await bench.run("delay", config)).toMatchObject({ type: "waiting", wait: { kind: "delay", until } });
  });

  it("does not wait for what has passed", async () => {
    expect(await bench.run("delay", { until: 0 })).toEqual({ type: "succeeded", output: { until: "1970-01-01T00:00:00.000Z" } });
    expect(await bench.run("delay", { seconds: 0 })).toMatchObject({ type: "succeeded" });
  });

  it.each([["soon"], [1e300], [true]])("refuses until: %j", async (until) => {
    expect(await bench.run("delay", { until })).toMatchObject({ type: "failed", error: { code: "invalid_moment", field: "/until" } });
  });

  it.each(["2026-02-01T10:00", "2026-02-01 10:00:00", "2026-02-01T10:00:00.000"])("takes %s, which names no zone, for UTC wherever it runs", async (until) => {
    const { TZ } = process.env;
    process.env.TZ = "America/New_York";
    try {
      expect(await bench.run("delay", { until })).toMatchObject({ wait: { until: Date.UTC(2026, 1, 1, 10) } });
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });

  it("gives the moment that was asked for, however late it goes on", async () => {
    expect(await bench.resume("delay", { until: "2026-01-01T00:00:00Z" }, elapsed)).toEqual({ type: "succeeded", output: { until: "2026-01-01T00:00:00.000Z" } });
  });

  it("goes on", async () => {
    expect(await bench.resume("delay", { seconds: 1 }, elapsed)).toMatchObject({ type: "succeeded" });
  });
});
