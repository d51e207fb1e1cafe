import { afterAll, beforeAll, expect, test } from "vitest";
import { readBlobText } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";
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

test("what is asked and answered at length lies in the blob store, as the run's", async () => {
  const { id: runId } = await scene.claimed();
  const request = { messages: "x".repeat(env.PAYLOAD_INLINE_MAX_BYTES) };
  await llmServices.recordRequest({ workspaceId: scene.workspaceId, runId, path: "a", attempt: 1, adapterId: null, provider: "mock", model: "m", status: "succeeded", request, response: { text: "ok" }, error: null, usage: null, cost: null, startedAt: 1, finishedAt: 2 });
  const [row] = await scene.rows<{ request: string; response: string }>("SELECT request::text, response::text FROM llm_request WHERE run_id = $1", runId);
  expect(row?.response).toBe('{"text":"ok"}');
  const reference = readBlobReference(row?.request ?? "")!;
  expect(decodeValue((await readBlobText(scene.workspaceId, reference.id))!)).toEqual(request);
  expect(await scene.rows("SELECT FROM blob WHERE id = $1 AND owner_type = 'run' AND owner_id = $2", reference.id, runId)).toHaveLength(1);
});
