import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import type { DefinitionInput } from "@/server/engine/definition";
import { probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance, until } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { WorkerWorld } from "@/server/testing/worker-world";

const suite = new Conformance();
const settings = { inlineMaxBytes: 100 };
const LARGE = "x".repeat(1_000);
let calls = 0;
let refusals = 0;
/** How often the store says no before it takes something again. */
let away = 0;

beforeAll(() => {
  suite.world = new WorkerWorld();
  const { blobs } = suite.world.ports;
  const { put, get } = blobs;
  const orRefuse = <Parameters extends unknown[], Answer>(call: (...given: Parameters) => Promise<Answer>) => (...given: Parameters): Promise<Answer> => {
    if (away <= 0) return call(...given);
    away -= 1;
    refusals += 1;
    return Promise.reject(new BlobStoreUnavailable("s3", Object.assign(new Error("SlowDown"), { code: "ECONNREFUSED" })));
  };
  Object.assign(blobs, { put: orRefuse(put), get: orRefuse(get) });
  suite.world.probes.set("large", () => {
    calls += 1;
    return Promise.resolve({ type: "succeeded", output: LARGE });
  });
});
beforeEach(async () => {
  [calls, refusals, away] = [0, 0, 0];
  suite.harness = await openMemoryHarness();
});
afterEach(() => suite.stopWorkers());
afterAll(() => suite.world.close());

describe("while the blob store is away", () => {
  test("a step that is done waits with its result, and is not done again", async () => {
    const reports: unknown[] = [];
    suite.worker({ settings, report: (error) => reports.push(error) });
    away = 3;
    const id = await suite.enqueue(workflow([probe("a", { call: "large" })], [], { output: "{{ steps.a.output.length }}" }));
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: LARGE.length });
    expect([calls, refusals]).toEqual([1, 3]);
    expect(reports).toEqual([expect.any(BlobStoreUnavailable)]);
  });

  const SCENES: Record<string, DefinitionInput> = {
    "with the result of a step": workflow([probe("a", { call: "large" })], [], { output: "{{ steps.a.output.length }}" }),
    "with its own result": workflow([set("a", { n: LARGE.length })], [], { output: "{{ 'x'.repeat(steps.a.output.n) }}" }),
  };
  test.each(Object.entries(SCENES))("a run that waits %s is handed over when its worker stops", async (_, definition) => {
    const worker = suite.worker({ settings, drainSeconds: 0.05 });
    away = Infinity;
    const id = await suite.enqueue(definition);
    await until("the store to be asked", () => (refusals > 0 ? true : null));
    await worker.stop();
    expect(await suite.harness.state(id)).toBe("queued");
    away = 0;
    suite.worker({ settings });
    expect(await until("the run to end", () => suite.harness.outcome(id))).toMatchObject({ status: "succeeded" });
  });
});
