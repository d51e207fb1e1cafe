import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { setLimits } from "@/server/limits/service";
import { cancelRuns, listRuns } from "@/server/runs/service";
import { handleRest } from "@/server/rest/dispatch";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import * as workflows from "@/server/workflows/service";
import { startBatchInput } from "./contract";
import * as service from "./service";

let scope: Scope;
let workflowId: string;

beforeAll(async () => {
  scope = await makeScope("owner");
  const definition = {
    schema: 1,
    settings: { labels: { team: "ops" }, priority: 3 },
    input: { type: "object", required: ["id"], properties: { id: { type: "integer" }, email: { type: "string", format: "email" } } },
    nodes: [{ id: "start", kind: "trigger.manual" }],
    edges: [],
  };
  ({ id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Orders", description: "", definition }));
  await workflows.publish({ scope }, { workflowId, note: "" });
});
afterAll(closeConnections);

const start = (input: object) => service.startBatch({ scope }, startBatchInput.parse({ workflowId, ...input }));
const runsOf = (batchId: string) => rawDb().run.findMany({ where: { batchId }, orderBy: { id: "asc" } });

describe("a batch", () => {
  it("starts ten thousand runs in one call, in their order, found by its label", async () => {
    const batch = await start({ name: "big", inputs: Array.from({ length: 10_000 }, (_, id) => ({ id })), labels: { source: "test" } });
    expect(batch).toMatchObject({ name: "big", total: 10_000, skipped: 0, counts: { queued: 10_000 }, repeated: false });
    const runs = await runsOf(batch.id);
    expect(runs.map(({ input }) => (input as { id: number }).id)).toEqual(Array.from({ length: 10_000 }, (_, id) => id));
    expect(runs[0]).toMatchObject({ labels: { team: "ops", source: "test", batch: "big" }, priority: 3, triggerKind: "manual", startedById: scope.userId });
    expect(await rawDb().runQueue.count({ where: { workspaceId: scope.workspaceId } })).toBe(10_000);
    const { items } = await listRuns({ scope }, { labels: ["batch=big"], limit: 3 });
    expect(items).toHaveLength(3);
    await expect(start({ name: "big", inputs: [{ id: 1 }] })).rejects.toMatchObject({ kind: "name_taken" });
    await setLimits({ scope }, { maxBatchRuns: 10 });
    await expect(start({ inputs: Array.from({ length: 11 }, () => ({ id: 1 })) })).rejects.toMatchObject({ kind: "limit_reached", data: { limit: 10 } });
    await setLimits({ scope }, { maxBatchRuns: null });
  });

  it("with a bad row starts nothing and names each by line and field", async () => {
    const csv = { text: "id,email\n1,ada@example.com\nx,bob@example.com\n3,nobody\n4,a,b\n" };
    const problems = [
      { row: 2, line: 3, field: "input/id", reason: expect.stringContaining("integer") as string },
      { row: 3, line: 4, field: "input/email", reason: expect.stringContaining("email") as string },
      { row: 4, line: 5, field: "", reason: "has 3 cells, the header has 2" },
    ];
    expect(await service.checkBatch({ scope }, { workflowId, csv })).toMatchObject({ total: 4, bad: 3, problems, sample: [{ row: 1, input: { id: 1, email: "ada@example.com" } }, {}, {}, {}], fields: [{ name: "id", type: "integer", required: true }, { name: "email" }] });
    const before = await rawDb().run.count();
    await expect(start({ csv })).rejects.toMatchObject({ kind: "bad_rows", data: { total: 4, bad: 3, problems }, message: expect.stringMatching(/line 3, input\/id/) as string });
    expect([await rawDb().run.count(), await rawDb().runBatch.count({ where: { workspaceId: scope.workspaceId } })]).toEqual([before, 1]);
    const skipped = await start({ csv, badRows: "skip" });
    expect(skipped).toMatchObject({ total: 1, skipped: 3, problems });
    expect((await runsOf(skipped.id)).map(({ input }) => input)).toEqual([{ id: 1, email: "ada@example.com" }]);
    await expect(start({ inputs: [{}], badRows: "skip" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "inputs" } });
  });

  it("is one, however often and at the same time its key is sent", async () => {
    const batches = await Promise.all(Array.from({ length: 5 }, () => start({ idempotencyKey: "once", inputs: [{ id: 1 }, { id: 2 }] })));
    expect(new Set(batches.map(({ id }) => id)).size).toBe(1);
    expect(batches.filter(({ repeated }) => !repeated)).toHaveLength(1);
    const [{ id: batchId } = { id: "" }] = batches;
    const runs = await runsOf(batchId);
    expect(runs).toHaveLength(2);
    await cancelRuns({ scope }, { runIds: [runs[0]!.id] });
    expect(await service.getBatch({ scope }, { batchId })).toMatchObject({ total: 2, counts: { queued: 2 } });
    expect(await rawDb().auditEvent.count({ where: { action: "batch.started", resourceId: batchId } })).toBe(1);
  });

  it("starts by REST as well", async () => {
    const { token } = await createToken({ scope }, { name: "t", scopes: ["run:start", "run:read"], expiresInDays: 1 });
    const call = async (place: string, body?: unknown) => {
      const [method, path] = place.split(" ") as [string, string];
      const response = await handleRest(new Request(`http://localhost/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) }));
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const batch = { workflowId, csv: { text: "Number\n1\n2\n", mapping: { id: "Number" } }, idempotencyKey: "rest" };
    const started = await call("POST /batches", batch);
    expect(started).toMatchObject({ status: 201, body: { total: 2, repeated: false, name: expect.stringMatching(/^orders-\d{4}-/) as string } });
    expect(await call("POST /batches", batch)).toMatchObject({ status: 200, body: { id: started.body.id, repeated: true } });
    expect(await call(`GET /batches/${String(started.body.id)}`)).toMatchObject({ status: 200, body: { counts: { queued: 2 } } });
    expect(await call("GET /batches?limit=1")).toMatchObject({ status: 200, body: { items: [{ id: started.body.id }] } });
    expect(await call("POST /batches/check", { workflowId, inputs: [{ id: "1" }] })).toMatchObject({ status: 200, body: { total: 1, bad: 1, problems: [{ row: 1, line: null, field: "input/id" }] } });
    expect(await call("POST /batches", { workflowId, inputs: [{}] })).toMatchObject({ status: 422, body: { type: "urn:millrace:problem:bad_rows", bad: 1, problems: [{ row: 1 }] } });
    expect(await call("POST /batches", { workflowId })).toMatchObject({ status: 400, body: { errors: [{ field: "inputs" }] } });
  });

  it("takes the CSV file as the body itself, or as a part of a form", async () => {
    const { token } = await createToken({ scope }, { name: "files", scopes: ["run:start", "run:read"], expiresInDays: 1 });
    const send = async (query: string, body: BodyInit, headers: Record<string, string> = {}) => {
      const response = await handleRest(new Request(`http://localhost/api/v1/batches${query}`, { method: "POST", headers: { authorization: `Bearer ${token}`, ...headers }, body }));
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const csv = { "content-type": "text/csv; charset=utf-8" };
    const mapping = encodeURIComponent(JSON.stringify({ id: "Number" }));
    expect(await send(`?workflowId=${workflowId}&delimiter=%3B&mapping=${mapping}`, "\ufeffNumber;email\n1;ada@example.com\n2;bob@example.com\n", csv)).toMatchObject({ status: 201, body: { total: 2 } });
    expect(await send(`?workflowId=${workflowId}`, "id\nx\n", csv)).toMatchObject({ status: 422, body: { problems: [{ line: 2, field: "input/id" }] } });
    expect(await send(`/check?workflowId=${workflowId}`, "id\n1\n", csv)).toMatchObject({ status: 200, body: { total: 1, bad: 0 } });
    const form = new FormData();
    form.set("workflowId", workflowId);
    form.set("badRows", "skip");
    form.set("labels", JSON.stringify({ from: "form" }));
    form.set("file", new File(["id\n1\nx\n"], "orders.csv", { type: "text/csv" }));
    expect(await send("", form)).toMatchObject({ status: 201, body: { total: 1, skipped: 1 } });
    form.set("mapping", "no JSON");
    expect(await send("", form)).toMatchObject({ status: 400, body: { errors: [{ field: "mapping" }] } });
    form.delete("file");
    form.delete("mapping");
    expect(await send("", form)).toMatchObject({ status: 400, body: { errors: [{ field: "file" }] } });
    expect(await send(`?workflowId=${workflowId}`, "id", { "content-type": "text/plain" })).toMatchObject({ status: 400, body: { errors: [{ field: "content-type" }] } });
  });
});
