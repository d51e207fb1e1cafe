import { afterAll, expect, it } from "vitest";
import { createStepBench } from "@/server/nodes/testing/step";

const bench = createStepBench();
afterAll(() => bench.close());

it("answers with status, headers and body, and refuses what is no answer", async () => {
  expect(await bench.run("respond", { status: 201, headers: { "x-a": "{{ input }}" }, body: { ok: true } }, { scope: { input: "b" } })).toEqual({ type: "succeeded", output: { status: 201, headers: { "x-a": "b" }, body: { ok: true } } });
  expect(await bench.run("respond", {})).toEqual({ type: "succeeded", output: { status: 200, headers: {}, body: null } });
  expect(await bench.run("respond", { headers: { "Cache-Control": "no-store", "x-accel-redirect": "/data" } })).toMatchObject({ type: "failed", error: { code: "invalid_config", field: "/headers/x-accel-redirect" } });
  expect(await bench.run("respond", { status: 99 })).toMatchObject({ type: "failed", error: { code: "invalid_config", field: "/status" } });
});
