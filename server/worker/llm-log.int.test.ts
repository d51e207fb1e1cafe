import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { StoreScene } from "@/server/queue/testing/store-scene";
import { llmServices } from "@/server/worker/llm-log";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

test("a request that is told twice, because the answer got lost, counts once", async () => {
  const { id: runId } = await scene.claimed();
  const entry = { workspaceId: scene.workspaceId, runId, path: "a", attempt: 1, adapterId: null, provider: "mock", model: "m", status: "succeeded", request: {}, response: null, error: null, usage: { inputTokens: 1, outputTokens: 2 }, cost: null, startedAt: 1, finishedAt: 2 } as const;
  const id = newId();
  await llmServices.recordRequest(entry, id);
  await llmServices.recordRequest(entry, id);
  await llmServices.recordRequest(entry);
  expect(await scene.rows("SELECT FROM llm_request WHERE run_id = $1", runId)).toHaveLength(2);
});
