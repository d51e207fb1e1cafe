import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { startBatchInput } from "@/server/batches/contract";
import * as batches from "@/server/batches/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { promote } from "@/server/deployments/service";
import { readReceived } from "@/server/triggers/due-events";
import * as organizing from "@/server/organizing/service";
import * as runs from "@/server/runs/service";
import { putSecret, resolveSecrets } from "@/server/secrets/service";
import { makeScope } from "@/server/testing/factories";
import { createTrigger } from "@/server/triggers/service";
import { runOfEvent } from "@/server/triggers/run-of-event";
import { readVariables, setVariable } from "@/server/variables/service";
import * as workflows from "@/server/workflows/service";
import { addEnvironments, changeEnvironment } from "./service";

let scope: Scope;
let folderId: string;
const id: Record<string, string> = {};

beforeAll(async () => {
  scope = await makeScope("admin");
  for (const one of await addEnvironments({ scope }, { environments: ["dev", "staging", "production"].map((slug) => ({ name: slug, slug, color: "gray" as const })) })) id[one.slug] = one.id;
  folderId = (await organizing.createFolder({ scope }, { name: "Sales", parentId: null })).id;
});
afterAll(closeConnections);

async function makeWorkflow(): Promise<string> {
  return (await workflows.createWorkflow({ scope }, { name: `W ${newId()}`, description: "", folderId })).id;
}

async function publish(workflowId: string) {
  const { draft, draftRevision } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
  await workflows.updateDraft({ scope }, { workflowId, definition: { ...(draft as object), output: newId() }, revision: draftRevision });
  return workflows.publish({ scope }, { workflowId, note: "" });
}

type Start = Parameters<typeof runs.startRun>[1];
const start = async (workflowId: string, more: Partial<Start> = {}) => (await runs.startRun({ scope }, { workflowId, mode: "production", ...more })).runId;
const rowOf = (runId: string) => rawDb().run.findUniqueOrThrow({ where: { id: runId } });
const up = (workflowId: string, versionId: string, environment: string) => promote({ scope }, { workflowId, versionId, environment, note: "" });

describe("runs in environments", () => {
  it("have the version and values of their own, and never those of another", async () => {
    const workflowId = await makeWorkflow();
    await setVariable({ scope }, { name: "REGION", value: "all" });
    await setVariable({ scope }, { name: "REGION", value: "dev", environmentId: id.dev! });
    await setVariable({ scope }, { name: "REGION", value: "sales", folderId });
    await setVariable({ scope }, { name: "REGION", value: "live sales", folderId, environmentId: id.production! });
    await putSecret({ scope }, { name: "KEY", value: "of dev", environmentId: id.dev! });
    await putSecret({ scope }, { name: "KEY", value: "of production", environmentId: id.production! });
    const one = await publish(workflowId);
    await up(workflowId, one.id, "staging");
    await up(workflowId, one.id, "production");
    const two = await publish(workflowId);
    const seen = async (environment?: string) => {
      const runId = await start(workflowId, environment === undefined ? {} : { environment });
      const { values, missing } = await resolveSecrets({ workspaceId: scope.workspaceId, runId }, ["KEY"]);
      const row = await rowOf(runId);
      return [row.versionId, (row.options as { environment?: string }).environment, (await readVariables(scope.workspaceId, runId)).REGION, values.get("KEY") ?? null, [...missing]];
    };
    expect(await seen("dev")).toEqual([two.id, "dev", "sales", "of dev", []]);
    expect(await seen(id.staging)).toEqual([one.id, "staging", "sales", null, ["KEY"]]);
    expect(await seen()).toEqual([one.id, "production", "live sales", "of production", []]);
    await changeEnvironment({ scope }, { environmentId: id.staging!, isStrict: true });
    expect(await seen("staging")).toEqual([one.id, "staging", undefined, null, ["KEY"]]);
    await changeEnvironment({ scope }, { environmentId: id.staging!, isStrict: false });
  });

  it("use only what came there, and say how it would", async () => {
    const workflowId = await makeWorkflow();
    await expect(start(workflowId, { environment: "dev" })).rejects.toMatchObject({ kind: "not_published", data: { environment: "dev", hint: "publish it" } });
    const one = await publish(workflowId);
    await expect(start(workflowId)).rejects.toMatchObject({ kind: "not_published", message: "The workflow is not in production yet: promote version 1 from dev." });
    await expect(start(workflowId, { versionId: one.id })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "versionId" } });
    await expect(start(workflowId, { environment: "elsewhere" })).rejects.toMatchObject({ kind: "not_found" });
    expect((await rowOf(await start(workflowId, { environment: "dev", versionId: one.id }))).environmentId).toBe(id.dev);
  });

  it("are tests where drafts may be tested, by default in the first", async () => {
    const workflowId = await makeWorkflow();
    expect((await rowOf(await start(workflowId, { mode: "test" }))).environmentId).toBe(id.dev);
    await expect(start(workflowId, { mode: "test", environment: "production" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "environment" } });
    await expect(runs.startInlineRun({ scope }, { definition: (await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } })).draft, environment: "production" })).rejects.toMatchObject({ kind: "invalid_input" });
    await changeEnvironment({ scope }, { environmentId: id.staging!, allowsTests: true });
    const runId = await start(workflowId, { mode: "test", environment: "staging" });
    expect((await rowOf((await runs.rerun({ scope }, { runId })).runId)).environmentId).toBe(id.staging);
    await changeEnvironment({ scope }, { environmentId: id.staging!, allowsTests: false });
    await expect(runs.rerun({ scope }, { runId })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "environment" } });
  });

  it("stay there when repeated, and are found by it", async () => {
    const workflowId = await makeWorkflow();
    await publish(workflowId);
    const runId = await start(workflowId, { environment: "dev" });
    const again = await rowOf((await runs.rerun({ scope }, { runId })).runId);
    expect([again.environmentId, (again.options as { environment?: string }).environment]).toEqual([id.dev, "dev"]);
    const { items } = await runs.listRuns({ scope }, { workflowId, environment: [id.dev!], limit: 10 });
    expect(items.map(({ environment }) => environment?.slug)).toEqual(["dev", "dev"]);
    expect((await runs.listRuns({ scope }, { workflowId, environment: [id.production!], limit: 10 })).items).toEqual([]);
  });

  it("of a batch are in the one that it names, with its version", async () => {
    const workflowId = await makeWorkflow();
    const one = await publish(workflowId);
    await expect(batches.startBatch({ scope }, startBatchInput.parse({ workflowId, inputs: [{}] }))).rejects.toMatchObject({ kind: "not_published" });
    expect(await batches.checkBatch({ scope }, { workflowId, environment: "dev", inputs: [{}] })).toMatchObject({ total: 1, bad: 0 });
    const batch = await batches.startBatch({ scope }, startBatchInput.parse({ workflowId, environment: "dev", inputs: [{}, {}] }));
    const made = await rawDb().run.findMany({ where: { batchId: batch.id }, select: { environmentId: true, versionId: true } });
    expect(made).toEqual([1, 2].map(() => ({ environmentId: id.dev, versionId: one.id })));
  });

  it("call what their environment has", async () => {
    const workflowId = await makeWorkflow();
    const one = await publish(workflowId);
    await up(workflowId, one.id, "staging");
    await up(workflowId, one.id, "production");
    const two = await publish(workflowId);
    const resolved = async (version: number | "latest", environmentId: string | null) => (await workflows.resolveWorkflow(scope.workspaceId, workflowId, version, environmentId))?.versionId ?? null;
    expect([await resolved("latest", id.dev!), await resolved("latest", id.production!), await resolved("latest", null)]).toEqual([two.id, one.id, one.id]);
    expect([await resolved(2, id.dev!), await resolved(2, id.production!), await resolved(1, id.production!)]).toEqual([two.id, null, one.id]);
  });

  it("are started by triggers that are bound to one, with its version", async () => {
    const workflowId = await makeWorkflow();
    const one = await publish(workflowId);
    await up(workflowId, one.id, "staging");
    await up(workflowId, one.id, "production");
    const two = await publish(workflowId);
    const runBy = async (environmentId: string | null) => {
      const trigger = await createTrigger({ scope }, { workflowId, kind: "webhook", name: `T ${newId()}`, config: {}, settings: {}, nodeId: null, versionNumber: null, environmentId });
      const eventId = newId();
      await rawDb().triggerEvent.create({ data: { id: eventId, workspaceId: scope.workspaceId, triggerId: trigger.id, dedupeKey: eventId, runId: newId() } });
      const [event] = await readReceived([eventId]);
      const { versionId, environmentId: of, options } = await runOfEvent(event!);
      return [trigger.environment?.slug ?? null, versionId, of, options.environment];
    };
    expect(await runBy(id.dev!)).toEqual(["dev", two.id, id.dev, "dev"]);
    expect(await runBy(null)).toEqual([null, one.id, id.production, "production"]);
    expect(await runBy(id.production!)).toEqual([null, one.id, id.production, "production"]);
    await expect(createTrigger({ scope }, { workflowId, kind: "webhook", name: "Pinned", config: {}, settings: {}, nodeId: null, versionNumber: 2 })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "versionNumber" } });
  });
});
