import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { putBlob } from "@/server/blobs/service";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { encodeBlobReference, encodeValue } from "@/server/expressions/encoding";
import * as runs from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import { PIN_MAX_BYTES, SAMPLES_MAX } from "./contract";
import * as service from "./service";

let builder: Scope;
let operator: Scope;
let stranger: Scope;
let workflowId: string;
let runId: string;

const set = (id: string, text: string, parent?: { id: string; slot: string }) => ({ id, kind: "set", config: { values: { text } }, ...(parent === undefined ? {} : { parent }) });
const definition = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    set("first", "{{ input.name }}"),
    set("second", "{{ steps.first.output.text }}!"),
    { id: "each", kind: "forEach", config: { items: "{{ steps.first.output.list }}" } },
    set("inner", "{{ item.name }} of {{ steps.second.output.text }}", { id: "each", slot: "body" }),
  ],
  edges: [{ from: "start", to: "first" }, { from: "first", to: "second" }, { from: "second", to: "each" }],
};

async function addStep(path: string, values: { output?: string; input?: string; error?: string; status?: string }): Promise<void> {
  const { status = "succeeded", ...texts } = values;
  const json = (text: string | undefined) => text ?? null;
  await builder.db.$executeRaw`
    insert into step_run (run_id, path, attempt, workspace_id, node_id, kind, status, input, output, error, started_at, finished_at)
    values (${runId}::uuid, ${path}, 1, ${builder.workspaceId}::uuid, ${path}, 'set', ${status}, ${json(texts.input)}::json, ${json(texts.output)}::json, ${json(texts.error)}::json, now(), now())`;
}

const optionsOf = async (id: string) => (await builder.db.run.findFirst({ where: { id } }))?.options as { pins?: Record<string, unknown>; onlyNode?: { id: string; scope: Record<string, unknown> } };

beforeAll(async () => {
  builder = await makeScope("builder");
  operator = await makeScope("operator", builder.workspaceId);
  stranger = await makeScope("admin");
  workflowId = (await workflows.createWorkflow({ scope: builder }, { name: "Tested", description: "", definition })).id;
  runId = (await runs.startRun({ scope: builder }, { workflowId, mode: "test" })).runId;
  await addStep("first", { output: encodeValue({ text: "Ada", list: [{ name: "x" }, { name: "y" }] }) });
  await addStep("second", { output: "null", error: '{"code":"boom","message":"no"}', status: "failed" });
  await addStep("each", { output: "[1,2]", input: encodeValue({ items: [{ name: "x" }, { name: "y" }] }) });
  await addStep("each[0]", { output: '{"text":"before"}' });
});
afterAll(closeConnections);

describe("pins", () => {
  it("are set by hand or from a run, keep the draft's revision, and can be taken back", async () => {
    const pin = (from: { value: unknown } | { runId: string; path: string }) => service.pin({ scope: builder }, { workflowId, nodeId: "first", from });
    expect(await pin({ value: { text: "by hand" } })).toEqual({ before: null });
    expect(await pin({ runId, path: "first" })).toEqual({ before: { value: { text: "by hand" } } });
    const detail = await workflows.getWorkflow({ scope: builder }, { workflowId });
    expect(detail.pins).toEqual({ first: { text: "Ada", list: [{ name: "x" }, { name: "y" }] } });
    expect(detail.revision).toBe(1);
    const test = await runs.startRun({ scope: operator }, { workflowId, mode: "test" });
    expect((await optionsOf(test.runId)).pins).toEqual(detail.pins);
    await service.movePin({ scope: builder }, { workflowId, nodeId: "first", to: "renamed" });
    expect((await workflows.getWorkflow({ scope: builder }, { workflowId })).pins).toHaveProperty("renamed");
    await service.movePin({ scope: builder }, { workflowId, nodeId: "renamed", to: "first" });
    expect(await service.unpin({ scope: builder }, { workflowId, nodeId: "first" })).toMatchObject({ before: { value: { text: "Ada" } } });
    expect((await workflows.getWorkflow({ scope: builder }, { workflowId })).pins).toEqual({});
    const actions = await builder.db.auditEvent.findMany({ where: { resourceId: workflowId, action: { in: ["workflow.pinned", "workflow.unpinned"] } } });
    expect(actions.length).toBe(5);
  });

  it("refuse outputs that do not exist or are too large, and runs of others", async () => {
    const pin = (scope: Scope, from: { value: unknown } | { runId: string; path: string }) => service.pin({ scope }, { workflowId, nodeId: "first", from });
    await expect(pin(builder, { runId, path: "second" })).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(pin(builder, { runId, path: "nowhere" })).rejects.toMatchObject({ kind: "not_found" });
    await expect(pin(builder, { runId: newId(), path: "first" })).rejects.toMatchObject({ kind: "not_found" });
    await expect(pin(builder, { value: "x".repeat(PIN_MAX_BYTES) })).rejects.toMatchObject({ kind: "too_large" });
    await expect(pin(stranger, { value: 1 })).rejects.toMatchObject({ kind: "not_found" });
    const own = await workflows.createWorkflow({ scope: stranger }, { name: "Own", description: "" });
    await expect(service.pin({ scope: stranger }, { workflowId: own.id, nodeId: "start", from: { runId, path: "first" } })).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("sample inputs", () => {
  it("are kept by name, replaced by the same name, and deleted", async () => {
    const save = (name: string, input: unknown) => service.saveSample({ scope: builder }, { workflowId, name, input });
    const first = await save("Large order", { total: 900 });
    await save("Small order", { total: 1 });
    expect(await save("Large order", { total: 901 })).toMatchObject({ id: first.id, input: { total: 901 } });
    expect((await service.listSamples({ scope: operator }, { workflowId })).map(({ name, input }) => [name, input])).toEqual([["Large order", { total: 901 }], ["Small order", { total: 1 }]]);
    expect(await service.deleteSample({ scope: builder }, { workflowId, sampleId: first.id })).toMatchObject({ name: "Large order" });
    expect(await service.listSamples({ scope: builder }, { workflowId })).toHaveLength(1);
  });

  it("belong to one workflow and one workspace, and are so many at most", async () => {
    const [sample] = await service.listSamples({ scope: builder }, { workflowId });
    await expect(service.listSamples({ scope: stranger }, { workflowId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.deleteSample({ scope: stranger }, { workflowId, sampleId: sample!.id })).rejects.toMatchObject({ kind: "not_found" });
    const { id: other } = await workflows.createWorkflow({ scope: builder }, { name: "Other", description: "" });
    await expect(service.deleteSample({ scope: builder }, { workflowId: other, sampleId: sample!.id })).rejects.toMatchObject({ kind: "not_found" });
    await builder.db.sampleInput.createMany({ data: Array.from({ length: SAMPLES_MAX }, (_, index) => ({ id: newId(), workspaceId: builder.workspaceId, workflowId: other, name: `s${index}`, input: {} })) });
    await expect(service.saveSample({ scope: builder }, { workflowId: other, name: "one more", input: {} })).rejects.toMatchObject({ kind: "limit_reached" });
  });
});

describe("a test of one step", () => {
  const test = (nodeId: string, more: Partial<Parameters<typeof service.testStep>[1]> = {}, scope = builder) => service.testStep({ scope }, { workflowId, nodeId, sources: {}, loops: [], ...more });

  it("gets what the steps it reads gave, from runs and from pins", async () => {
    const { runId: started } = await test("second", { sources: { first: { runId, path: "first" } } });
    expect((await optionsOf(started)).onlyNode).toEqual({ id: "second", scope: { steps: { first: { output: { text: "Ada", list: [{ name: "x" }, { name: "y" }] }, error: null, status: "succeeded" } } } });
    await service.pin({ scope: builder }, { workflowId, nodeId: "first", from: { value: { text: "pinned" } } });
    await service.pin({ scope: builder }, { workflowId, nodeId: "second", from: { value: { text: "not this" } } });
    const options = await optionsOf((await test("second")).runId);
    expect(options.onlyNode?.scope).toEqual({ steps: { first: { output: { text: "pinned" }, error: null, status: "succeeded" } } });
    expect(options.pins).toEqual({ first: { text: "pinned" } });
    await service.unpin({ scope: builder }, { workflowId, nodeId: "first" });
    await service.unpin({ scope: builder }, { workflowId, nodeId: "second" });
  });

  it("stands in the chosen iteration of the loops around it", async () => {
    const loops = [{ id: "each", runId, path: "each", index: 1 }];
    const options = await optionsOf((await test("inner", { loops, sources: { second: { runId, path: "second" } } })).runId);
    expect(options.onlyNode?.scope).toMatchObject({ item: { name: "y" }, index: 1, loops: { each: { item: { name: "y" }, index: 1 } }, previous: { text: "before" }, steps: { second: { status: "failed", error: { code: "boom" } } } });
  });

  it("names the step whose result is missing, and takes no run of others", async () => {
    await expect(test("second")).rejects.toMatchObject({ kind: "invalid_input", data: { field: "sources.first" } });
    await expect(test("nowhere")).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(test("second", { sources: { first: { runId: newId(), path: "first" } } })).rejects.toMatchObject({ kind: "not_found" });
    await expect(test("second", { sources: { first: { runId, path: "first" } } }, operator)).rejects.toMatchObject({ kind: "forbidden" });
    await expect(test("second", {}, stranger)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("slices of stored values", () => {
  const slice = (scope: Scope, path: string, pointer: string, from = 0, limit = 100) => runs.getPart({ scope }, { runId, path, what: "output", pointer, from, limit, itemCharacters: 1_000 });

  it("come from the column and from the blob store alike", async () => {
    expect(await slice(builder, "first", "/list", 1)).toMatchObject({ type: "array", total: 2, items: [{ key: "1", text: '{"name":"y"}' }] });
    const rows = Array.from({ length: 60_000 }, (_, index) => ({ index, name: `row ${index}` }));
    const { id, size } = await putBlob({ workspaceId: builder.workspaceId, contentType: "application/json" }, JSON.stringify({ rows }));
    await addStep("large", { output: encodeBlobReference({ id, size }) });
    expect(await slice(builder, "large", "/rows", 59_999, 5)).toMatchObject({ total: 60_000, items: [{ key: "59999", text: '{"index":59999,"name":"row 59999"}' }] });
    expect(await slice(builder, "large", "/rows/41234/name")).toMatchObject({ type: "string", text: "row 41234" });
    expect(await slice(builder, "large", "")).toMatchObject({ type: "object", items: [{ key: "rows", text: null, count: 60_000 }] });
    expect(await slice(builder, "large", "/nothing")).toBeNull();
    const file = (scope: Scope, path: string) => runs.downloadValue(scope, new URLSearchParams({ workspace: "x", runId, path, what: "output" }));
    expect(JSON.parse(await (await file(builder, "large")).text())).toEqual({ rows });
    expect((await file(builder, "first")).headers.get("content-disposition")).toBe('attachment; filename="first-output.json"');
    await expect(file(builder, "none")).rejects.toMatchObject({ kind: "not_found" });
    await expect(file(stranger, "first")).rejects.toMatchObject({ kind: "not_found" });
    await expect(slice(stranger, "first", "")).rejects.toMatchObject({ kind: "not_found" });
  });

  it("say how many items lists have, or lists within outputs", async () => {
    const count = (scope: Scope) => runs.getCounts({ scope }, { runId, paths: ["first", "each", "second", "none"] });
    expect(await count(builder)).toEqual({ first: 2, each: 2 });
    await expect(count(stranger)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("a preview", () => {
  it("evaluates what needs an engine, and ends what does not end", async () => {
    const ask = (source: string, scope = '{"steps":{"first":{"output":[3,1,2]}}}') => service.preview({ scope: builder }, { expressions: [{ source, paths: [["steps", "first", "output"]] }], scope, nowMs: 0 });
    expect(await ask("steps.first.output.toSorted().map((n) => n * 2)")).toEqual([{ ok: true, value: "[2,4,6]" }]);
    expect(await ask("steps.first.output.nothing.at(0)")).toMatchObject([{ ok: false, code: "threw" }]);
    expect(await ask("(() => { for (;;); })()")).toMatchObject([{ ok: false, code: "timeout" }]);
    await expect(ask("1", "[1]")).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(ask("1", '{"input":{"$secret":["x"]}}')).rejects.toMatchObject({ kind: "invalid_input" });
  });
});
