import { beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import * as runs from "@/server/runs/service";
import { untilEnded, workWhileTesting } from "@/server/runs/testing/worked";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import { BLOCK_VERSIONS_PAGE } from "./constants";
import * as service from "./service";

let scope: Scope;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("owner");
});

/** Multiplies its input. */
const block = (factor: number) => ({
  schema: 1,
  input: { type: "object", properties: { value: { type: "number" } }, required: ["value"] },
  nodes: [
    { id: "times", kind: "set", config: { values: { result: `{{ input.value * ${factor} }}` } } },
    { id: "say", kind: "log", config: { message: "times", level: "info" } },
  ],
  edges: [{ from: "times", to: "say" }],
  output: "{{ steps.times.output.result }}",
});
const caller = (module: string, version: number, config: object = {}) => ({
  schema: 1,
  input: { type: "object", properties: { value: { type: "number" } } },
  nodes: [{ id: "start", kind: "trigger.manual" }, { id: "call", kind: "module", config: { module, version, input: { value: "{{ input.value }}" }, ...config } }],
  edges: [{ from: "start", to: "call" }],
});

async function publish(name: string, definition: object): Promise<string> {
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name, description: "", definition: { ...definition } });
  await workflows.publish({ scope }, { workflowId, note: "" });
  return workflowId;
}

async function resultOf(workflowId: string, input: unknown) {
  const { runId } = await runs.startRun({ scope }, { workflowId, mode: "production", input });
  await untilEnded(scope, runId);
  return { runId, ...(await runs.readResult({ scope }, runId)) };
}

describe("blocks", () => {
  it("run as steps of their own in the version that the step names, also after a newer one came", async () => {
    expect(await service.createModule({ scope }, { slug: "multiply", name: "Multiply", description: "", definition: block(2), note: "" })).toMatchObject({ latest: 1, inputSchema: { required: ["value"] } });
    const first = await publish("With version 1", caller("multiply", 1));
    expect(await service.addVersion({ scope }, { module: "multiply", definition: block(10), note: "ten times", latest: 1 })).toMatchObject({ latest: 2 });
    const second = await publish("With version 2", caller("multiply", 2));
    expect((await resultOf(first, { value: 4 })).output).toBe(8);
    const run = await resultOf(second, { value: 4 });
    expect(run.output).toBe(40);
    const again = await runs.rerun({ scope }, { runId: run.runId, fromPath: "call" });
    await untilEnded(scope, again.runId);
    expect((await runs.readResult({ scope }, again.runId)).output).toBe(40);
    expect(await service.getModuleVersion({ scope }, { module: "multiply", version: 2 })).toMatchObject({ note: "ten times", number: 2, definition: { nodes: [{ id: "times" }, { id: "say" }] } });
    expect((await service.listUses({ scope }, { module: "multiply" })).map(({ name, origin, nodeId }) => `${name} ${origin} ${nodeId}`).toSorted()).toEqual([
      "With version 1 draft call", "With version 1 published call", "With version 2 draft call", "With version 2 published call",
    ]);
    await expect(service.removeModule({ scope }, { module: "multiply" })).rejects.toMatchObject({ kind: "in_use" });
  });

  it("fail the step with the cause, and say when there is no such version", async () => {
    const failing = { schema: 1, nodes: [{ id: "stop", kind: "fail", config: { message: "no stock" } }], edges: [] };
    await service.createModule({ scope }, { slug: "failing", name: "Failing", description: "", definition: failing, note: "" });
    const failed = await resultOf(await publish("Fails", caller("failing", 1)), { value: 1 });
    expect(failed.error).toMatchObject({ code: "child_failed", message: expect.stringContaining("no stock") as string });
    const missing = await resultOf(await publish("Misses", caller("failing", 7)), { value: 1 });
    expect(missing.error).toMatchObject({ code: "module_not_found" });
  });

  it("cannot be made from what cannot run, under a taken name, or over another's newer version", async () => {
    const broken = { schema: 1, nodes: [{ id: "x", kind: "set", config: {} }], edges: [{ from: "x", to: "y" }] };
    await expect(service.createModule({ scope }, { slug: "broken", name: "Broken", description: "", definition: broken, note: "" })).rejects.toMatchObject({ kind: "invalid_definition" });
    await expect(service.createModule({ scope }, { slug: "multiply", name: "Again", description: "", definition: block(2), note: "" })).rejects.toMatchObject({ kind: "name_taken" });
    await expect(service.addVersion({ scope }, { module: "multiply", definition: block(3), note: "", latest: 1 })).rejects.toMatchObject({ kind: "version_conflict" });
    const stranger = await makeScope("owner");
    expect(await service.listModules({ scope: stranger })).toEqual([]);
    await expect(service.getModuleVersion({ scope: stranger }, { module: "multiply", version: 1 })).rejects.toMatchObject({ kind: "not_found" });
    expect((await service.listModules({ scope })).map(({ slug }) => slug)).toEqual(["failing", "multiply"]);
  });
});

describe("the next version of a block", () => {
  it("is drafted in a workflow that no list shows, one for everybody, and gone with the block", async () => {
    await service.createModule({ scope }, { slug: "drafted", name: "Drafted", description: "", definition: block(2), note: "" });
    const shown = async () => (await workflows.listWorkflows({ scope }, { limit: 100, archived: false })).items.map(({ name }) => name);
    const before = await shown();
    const opened = await Promise.all([1, 2].map(() => service.openDraft({ scope }, { module: "drafted" })));
    const { workflowId } = opened[0]!;
    expect(opened[1]).toEqual({ workflowId });
    expect(await shown()).toEqual(before);
    expect(await service.findModuleOfDraft({ scope }, { workflowId })).toMatchObject({ slug: "drafted" });
    expect((await service.getModule({ scope }, { module: "drafted" })).draft).toMatchObject({ workflowId, changed: false });
    const { revision, kind } = await workflows.getWorkflow({ scope }, { workflowId });
    expect(kind).toBe("module");
    await workflows.updateDraft({ scope }, { workflowId, definition: block(3), revision });
    expect((await service.getModule({ scope }, { module: "drafted" })).draft).toMatchObject({ changed: true });
    await expect(workflows.publish({ scope }, { workflowId, note: "" })).rejects.toMatchObject({ kind: "invalid_input" });
    await service.addVersion({ scope }, { module: "drafted", definition: block(3), note: "three times", latest: 1 });
    expect(await service.getModule({ scope }, { module: "drafted" })).toMatchObject({ latest: 2, draft: { changed: false }, versions: [{ number: 2, note: "three times" }, { number: 1 }] });
    await service.removeModule({ scope }, { module: "drafted" });
    await expect(workflows.getWorkflow({ scope }, { workflowId })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("has all versions before it in reach, page by page", async () => {
    const { id: itemId } = await service.createModule({ scope }, { slug: "aged", name: "Aged", description: "", definition: block(2), note: "" });
    const { config } = await rawDb().catalogItemVersion.findUniqueOrThrow({ where: { itemId_number: { itemId, number: 1 } } });
    const { organizationId, workspaceId } = scope;
    await rawDb().catalogItemVersion.createMany({ data: Array.from({ length: 2 * BLOCK_VERSIONS_PAGE }, (_, index) => ({ itemId, number: index + 2, organizationId, workspaceId, config: config as object })) });
    const { versions } = await service.getModule({ scope }, { module: "aged" });
    const numbers = versions.map(({ number }) => number);
    for (let page = versions; page.length === BLOCK_VERSIONS_PAGE; ) {
      page = await service.listModuleVersions({ scope }, { module: "aged", cursor: numbers.at(-1) });
      numbers.push(...page.map(({ number }) => number));
    }
    expect(numbers).toEqual(Array.from({ length: 2 * BLOCK_VERSIONS_PAGE + 1 }, (_, index) => 2 * BLOCK_VERSIONS_PAGE + 1 - index));
    await expect(service.listModuleVersions({ scope: await makeScope("owner") }, { module: "aged" })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("takes on the name that the block is given, while workflows go on calling it as before", async () => {
    await service.createModule({ scope }, { slug: "called", name: "Called", description: "", definition: block(2), note: "" });
    const { workflowId } = await service.openDraft({ scope }, { module: "called" });
    expect(await service.renameModule({ scope }, { module: "called", name: "Known otherwise", description: "Doubles" })).toMatchObject({ slug: "called", name: "Known otherwise", description: "Doubles", latest: 1 });
    expect(await workflows.getWorkflow({ scope }, { workflowId })).toMatchObject({ name: "Known otherwise", description: "Doubles" });
    await expect(service.renameModule({ scope: await makeScope("owner") }, { module: "called", name: "Theirs", description: "" })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("is taken by one step at a time, in the draft alone, and given back", async () => {
    await service.createModule({ scope }, { slug: "taken", name: "Taken", description: "", definition: block(2), note: "" });
    const workflowId = await publish("Takes", caller("taken", 1));
    await publish("Stays", caller("taken", 1));
    await service.addVersion({ scope }, { module: "taken", definition: block(5), note: "", latest: 1 });
    const versions = async () => (await service.listUses({ scope }, { module: "taken" })).map(({ name, origin, version }) => `${name} ${origin} ${version}`).toSorted();
    const use = { module: "taken", workflowId, nodeId: "call" };
    expect(await service.updateUse({ scope }, { ...use, version: 2 })).toEqual({ before: 1 });
    expect(await versions()).toEqual(["Stays draft 1", "Stays published 1", "Takes draft 2", "Takes published 1"]);
    expect((await workflows.getWorkflow({ scope }, { workflowId })).draftChanged).toBe(true);
    expect(await service.updateUse({ scope }, { ...use, version: 1 })).toEqual({ before: 2 });
    for (const wrong of [{ ...use, version: 3 }, { ...use, version: 2, nodeId: "start" }]) await expect(service.updateUse({ scope }, wrong)).rejects.toMatchObject({ kind: "not_found" });
  });
});
