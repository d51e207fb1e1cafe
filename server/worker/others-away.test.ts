import net from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { probe, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { WorkerWorld } from "@/server/testing/worker-world";

const suite = new Conformance();
const refusing = () => new Promise<never>((_, refused) => net.connect(1, "127.0.0.1").on("error", refused));
let isReached = true;
let calls = 0;

beforeAll(() => {
  suite.world = new WorkerWorld();
  suite.world.ports.variables = () => (isReached ? Promise.resolve({}) : refusing());
  suite.world.probes.set("refused", () => {
    calls += 1;
    return refusing();
  });
});
beforeEach(async () => {
  [isReached, calls] = [true, 0];
  suite.harness = await openMemoryHarness();
});
afterEach(() => suite.stopWorkers());
afterAll(() => suite.world.close());

test("a step whose other side refuses connections fails as its retries say, while the database is well", async () => {
  suite.worker();
  const id = await suite.enqueue(workflow([probe("a", { call: "refused" }, { retry: { maxAttempts: 3, strategy: "constant", delaySeconds: 0.01 } })]));
  expect(await suite.finished(id)).toMatchObject({ status: "failed", error: { message: expect.stringContaining("ECONNREFUSED") as unknown } });
  expect(calls).toBe(3);
});

test("a run that needs what refuses connections ends with the reason, and is not taken over again and again", async () => {
  const reports: unknown[] = [];
  suite.worker({ report: (error) => reports.push(error) });
  isReached = false;
  const id = await suite.enqueue(workflow([probe("a", { value: "{{ vars.region }}" })]));
  expect(await suite.finished(id)).toMatchObject({ status: "failed", error: { code: "internal_error", message: expect.stringContaining("ECONNREFUSED") as unknown } });
  expect(reports).toHaveLength(1);
});
