import { beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { sharedPool } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";
import { untilEnded, workWhileTesting } from "./testing/worked";

let scope: Scope;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("owner");
});

/** With `second` failing as long as there is no `input.order`. */
function ended(input: unknown): Promise<string> {
  return endedOf(input, [
    { id: "start", kind: "trigger.manual" },
    { id: "first", kind: "set", config: { values: { at: "{{ now }}" } } },
    { id: "second", kind: "set", config: { values: { line: "{{ input.order.line }}" } } },
  ]);
}

/** One step after the other. */
async function endedOf(input: unknown, nodes: { id: string; kind: string; config?: unknown; onError?: string }[], settings: Record<string, unknown> = {}): Promise<string> {
  const edges = nodes.slice(1).map(({ id }, before) => ({ from: nodes[before]!.id, to: id }));
  const { runId } = await service.startInlineRun({ scope }, { input, definition: { schema: 1, nodes, edges, settings } });
  await untilEnded(scope, runId);
  return runId;
}

const outputOf = async (runId: string, path: string) => (await service.getValue({ scope }, { runId, path, what: "output", offset: 0, limit: 1_000 })).text;
const tell = (runId: string, error: unknown) => sharedPool().query("update run set error = $2::json where id = $1", [runId, JSON.stringify(error)]);

it("repeats failed runs from the step that each failed at, and names those that failed at none", async () => {
  const [told, found, elsewhere, whole] = [await ended({}), await ended({}), await ended({}), await ended({ order: { line: 1 } })];
  await tell(found, { code: "x", message: "no", nodeId: "second" });
  await tell(elsewhere, { code: "run_timeout", message: "late", nodeId: "first" });
  const { results } = await service.rerunRuns({ scope }, { runIds: [told, found, elsewhere, whole], from: "failure" });
  expect(results.map(({ refusal }) => refusal?.message ?? null)).toEqual([null, null, expect.stringContaining("did not fail at a step"), expect.stringContaining("did not fail at a step")]);
  for (const [index, runId] of [told, found].entries()) {
    const again = results[index]!.newRunId!;
    await untilEnded(scope, again);
    // What was done before is kept, its moment with it.
    expect(await outputOf(again, "first")).toBe(await outputOf(runId, "first"));
  }
});

it("begins at no failure that was handled, where the run itself came to its limit or was given up", async () => {
  const late = await endedOf({}, [
    { id: "start", kind: "trigger.manual" },
    { id: "handled", kind: "set", config: { values: { line: "{{ input.order.line }}" } }, onError: "continue" },
    { id: "wait", kind: "delay", config: { seconds: 3_600 } },
  ], { timeoutSeconds: 1 });
  const lost = await endedOf({}, [
    { id: "start", kind: "trigger.manual" },
    { id: "handled", kind: "set", config: { values: { line: "{{ input.order.line }}" } }, onError: "continue" },
    { id: "second", kind: "set", config: { values: { line: "{{ input.order.line }}" } } },
  ]);
  await tell(lost, { code: "worker_lost", message: "a worker was lost 4 times while this run made no progress" });
  expect(await service.getRunDetail({ scope }, late)).toMatchObject({ status: "failed", failure: { code: "run_timeout" } });
  const { results } = await service.rerunRuns({ scope }, { runIds: [late, lost], from: "failure" });
  expect(results).toMatchObject([late, lost].map((runId) => ({ runId, newRunId: null, refusal: { message: expect.stringContaining("did not fail at a step") as string } })));
});

it("knows nothing of others' runs", async () => {
  const stranger = await makeScope("owner");
  await expect(service.rerunRuns({ scope: stranger }, { runIds: [await ended({})], from: "failure" })).rejects.toMatchObject({ kind: "not_found" });
});
