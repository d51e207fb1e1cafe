import { afterAll, beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { followSteps } from "@/server/live/follow-steps";
import { closeLiveHub } from "@/server/live/hub";
import { makeScope } from "@/server/testing/factories";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as service from "./service";

let scope: Scope;
let worker: InstallationWorker;

beforeAll(async () => {
  scope = await makeScope("owner");
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await closeLiveHub();
  await closeConnections();
});

/** How many items steps with these outputs are said to have. */
async function counted(outputs: Record<string, Record<string, unknown>>): Promise<Record<string, number>> {
  const nodes = Object.keys(outputs).map((id) => ({ id, kind: "set", config: { values: `{{ input.${id} }}` } }));
  const { runId } = await service.startInlineRun({ scope }, { input: outputs, definition: { schema: 1, nodes, edges: [] } });
  for (let afterSeq = 0; ; ) {
    const { run, seq } = await followSteps({ scope }, { runId, afterSeq }, 1);
    if (service.isFinal(run.status)) break;
    afterSeq = seq;
  }
  return service.getCounts({ scope }, { runId, paths: Object.keys(outputs) });
}

const LONG = "x".repeat(300_000);
const OUTPUTS = {
  rows: { rows: [1, 2, 3] },
  http: { status: 200, headers: { "set-cookie": ["a", "b"] }, body: { data: [1, 2] } },
  bare: { status: 200, body: [{ id: 1 }] },
  items: { items: [1, 2, 3, 4], others: ["x"] },
  several: { good: [1], bad: [2], inner: { only: [3] } },
  deep: { a: { b: { c: { d: [1] } } } },
  none: { total: 3, list: null },
  empty: { rows: [] },
  named: { a: { items: [1] }, b: { items: [2, 3] } },
};
const COUNTS = { rows: 3, http: 2, bare: 1, items: 4, empty: 0 };

it("counts the list that an output holds, where there is no doubt which", async () => {
  expect(await counted(OUTPUTS)).toEqual(COUNTS);
});

it("counts the same in values that lie in the blob store", async () => {
  const large = Object.fromEntries(Object.entries(OUTPUTS).map(([id, output]) => [id, { ...output, headers: { text: [LONG] } }]));
  const { http, ...others } = large;
  expect(await counted(others)).toEqual({ rows: 3, bare: 1, items: 4, empty: 0 });
  expect(await counted({ http: http! })).toEqual({ http: 2 });
});
