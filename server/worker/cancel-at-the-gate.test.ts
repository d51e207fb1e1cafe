import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Admission, AdmissionAnswer } from "@/server/engine/ports";
import { probe, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { MemoryStore } from "@/server/testing/memory-store";
import { WorkerWorld } from "@/server/testing/worker-world";

/** A cancel comes just before the run is looked at by its limits, when its worker has read the inbox. */
class CancellingStore extends MemoryStore {
  override async admit(admission: Admission): Promise<AdmissionAnswer> {
    await this.send({ runId: admission.runId, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" });
    return super.admit(admission);
  }
}

const suite = new Conformance();
beforeAll(async () => {
  suite.world = new WorkerWorld();
  suite.world.probes.set("hang", ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))));
  suite.harness = await openMemoryHarness(new CancellingStore());
});
afterEach(() => suite.stopWorkers());
afterAll(() => suite.world.close());

test.each([
  ["throttle", { throttle: { limit: 1, periodSeconds: 3_600 } }],
  ["debounce", { debounce: { seconds: 3_600 } }],
  ["concurrency", { concurrency: { limit: 1 } }],
])("a run that is cancelled while it asks for its place ends, and does not wait for it (%s)", async (_, settings) => {
  const run = await suite.run(workflow([probe("a", { call: "hang" })], [], { settings }));
  expect(run.status).toBe("cancelled");
});
