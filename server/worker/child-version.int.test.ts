import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { StoreScene } from "@/server/queue/testing/store-scene";
import { ChildVersions } from "@/server/worker/child-version";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

const numbers = new Map<string, number>();

async function publish(workflowId: string, definition = {}): Promise<string> {
  const [id, number] = [newId(), (numbers.get(workflowId) ?? 0) + 1];
  numbers.set(workflowId, number);
  await rawDb().workflowVersion.create({ data: { id, workspaceId: scene.workspaceId, workflowId, number, listed: true, definition, hash: createHash("sha256").update(id).digest("hex") } });
  await rawDb().workflow.update({ where: { id: workflowId }, data: { publishedVersionId: id, latestNumber: number } });
  return id;
}

async function newWorkflow(): Promise<string> {
  const id = newId();
  await rawDb().workflow.create({ data: { id, workspaceId: scene.workspaceId, name: "Child", slug: id, draft: {} } });
  await publish(id);
  return id;
}

const resolve = (runId: string, workflow: string) => new ChildVersions().resolve({ workspaceId: scene.workspaceId, runId, workflow, version: "latest" });

test("a run keeps to the version that `latest` was at first, on every worker and though nothing of it waits for the child", async () => {
  const workflow = await newWorkflow();
  const run = await scene.claimed();
  const first = await resolve(run.id, workflow);
  expect(first).toMatchObject({ number: 1, workflowId: workflow, name: "Child" });
  await publish(workflow);
  expect(await resolve(run.id, workflow)).toEqual(first);
  expect(await resolve((await scene.claimed()).id, workflow)).toMatchObject({ number: 2 });
  const other = await newWorkflow();
  expect(await resolve(run.id, other)).toMatchObject({ workflowId: other, number: 1 });
  expect(await resolve(run.id, workflow)).toEqual(first);
});

test("what the version says of its runs comes with it", async () => {
  const workflow = await newWorkflow();
  const settings = { pool: "gpu", priority: 3, labels: { team: "a" } };
  expect(await resolve((await scene.claimed()).id, workflow)).toMatchObject({ settings: {} });
  await publish(workflow, { settings });
  expect(await resolve((await scene.claimed()).id, workflow)).toMatchObject({ settings });
});

test("steps that ask at the same time get the same", async () => {
  const workflow = await newWorkflow();
  const run = await scene.claimed();
  const answers = await Promise.all(Array.from({ length: 6 }, async (_, at) => (at === 3 ? publish(workflow).then(() => resolve(run.id, workflow)) : resolve(run.id, workflow))));
  expect(new Set(answers.map((answer) => answer?.versionId)).size).toBe(1);
});
