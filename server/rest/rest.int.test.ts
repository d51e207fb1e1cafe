import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { handleRest } from "./dispatch";
import { problemDocumentSchema } from "./contract";

let token: string;
let readOnly: string;
let foreign: string;
let other: string;

beforeAll(async () => {
  const scope = await makeScope("owner");
  const everything = ["workflow:read", "workflow:write", "workflow:publish", "workflow:delete", "run:read", "run:start", "run:cancel", "wait:answer"];
  token = (await createToken({ scope }, { name: "all", scopes: everything, expiresInDays: 1 })).token;
  other = (await createToken({ scope }, { name: "other", scopes: everything, expiresInDays: 1 })).token;
  readOnly = (await createToken({ scope }, { name: "read", scopes: ["workflow:read"], expiresInDays: 1 })).token;
  foreign = (await createToken({ scope: await makeScope("owner") }, { name: "foreign", scopes: everything, expiresInDays: 1 })).token;
});
afterAll(closeConnections);

interface Call {
  body?: unknown;
  raw?: string;
  as?: string | null;
  type?: string;
}

async function call(place: string, { body, raw, as = token, type = "application/json" }: Call = {}) {
  const [method, path] = place.split(" ") as [string, string];
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = { ...(content === undefined ? {} : { "content-type": type }), ...(as === null ? {} : { authorization: `Bearer ${as}` }) };
  const response = await handleRest(new Request(`http://localhost/api/v1${path}`, { method, headers, body: content }));
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, never> & { [key: string]: unknown } };
}

const definition = (text: string) => ({
  schema: 1,
  input: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  nodes: [{ id: "start", kind: "trigger.manual" }, { id: "say", kind: "set", config: { values: { text } } }],
  edges: [{ from: "start", to: "say" }],
});

describe("REST: workflows", () => {
  it("are created, changed, checked, published and listed", async () => {
    const created = await call("POST /workflows", { body: { name: "Greeting", definition: definition("{{ input.name }}") } });
    expect(created).toMatchObject({ status: 201, body: { name: "Greeting", revision: 1, problems: [] } });
    const id = String(created.body.id);
    expect(await call(`PUT /workflows/${id}/draft`, { body: { revision: 1, definition: definition("{{ input. }}") } })).toMatchObject({ status: 200, body: { revision: 2 } });
    const checked = await call(`POST /workflows/${id}/validate`);
    expect(checked).toMatchObject({ status: 200, body: { valid: false, problems: [{ severity: "error", nodeId: "say" }] } });
    const refused = await call(`POST /workflows/${id}/publish`, { body: {} });
    expect(refused).toMatchObject({ status: 422, body: { type: "urn:millrace:problem:invalid_definition", problems: [{ nodeId: "say" }] } });
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    const stale = await call(`PUT /workflows/${id}/draft`, { body: { revision: 1, definition: definition("x") } });
    expect(stale).toMatchObject({ status: 409, body: { type: "urn:millrace:problem:version_conflict", currentRevision: 2, expectedRevision: 1 } });
    await call(`PUT /workflows/${id}/draft`, { body: { revision: 2, definition: definition("Hello {{ input.name }}") } });
    expect(await call(`POST /workflows/${id}/publish`, { body: { note: "Ready" } })).toMatchObject({ status: 201, body: { number: 1, note: "Ready" } });
    expect(await call("GET /workflows?search=greet&limit=10")).toMatchObject({ status: 200, body: { items: [{ id, published: { number: 1 } }], nextCursor: null } });
    expect(await call("POST /workflows/validate", { body: { definition: { schema: 1, nodes: [{ id: "a", kind: "unheard-of" }], edges: [] } } })).toMatchObject({ body: { valid: false } });
  });

  it("of others do not exist", async () => {
    const { body } = await call("POST /workflows", { body: { name: "Private" } });
    expect((await call(`GET /workflows/${String(body.id)}`, { as: foreign })).status).toBe(404);
    expect((await call(`DELETE /workflows/${String(body.id)}`, { as: foreign })).status).toBe(404);
    expect((await call(`GET /workflows/${String(body.id)}`)).status).toBe(200);
  });
});

describe("REST: runs", () => {
  it("start from a published workflow or an inline definition, with their input checked", async () => {
    const { body: workflow } = await call("POST /workflows", { body: { name: "Runnable", definition: definition("x") } });
    const workflowId = String(workflow.id);
    expect(await call("POST /runs", { body: { workflowId, input: { name: "Ada" } } })).toMatchObject({ status: 409, body: { type: "urn:millrace:problem:not_published" } });
    await call(`POST /workflows/${workflowId}/publish`, { body: {} });
    const started = await call("POST /runs", { body: { workflowId, input: { name: "Ada" }, idempotencyKey: "one", labels: { team: "ops" } } });
    expect(started).toMatchObject({ status: 202, body: { status: "queued", trigger: "api", mode: "production", labels: { team: "ops" }, version: { number: 1 } } });
    expect(started.headers.get("location")).toBe(`/api/v1/runs/${String(started.body.id)}`);
    expect((await call("POST /runs", { body: { workflow: "runnable", input: { name: "Ada" }, idempotencyKey: "one" } })).body.id).toBe(started.body.id);
    const inline = await call("POST /runs", { body: { definition: definition("x"), input: { name: "Ada" }, idempotencyKey: "one" } });
    expect(inline.body.id).not.toBe(started.body.id);
    expect((await call("POST /runs", { body: { definition: definition("y"), input: { name: "Ben" }, idempotencyKey: "one" } })).body.id).toBe(inline.body.id);
    expect((await call("POST /runs", { as: other, body: { definition: definition("x"), input: { name: "Ada" }, idempotencyKey: "one" } })).body.id).not.toBe(inline.body.id);
    const wrong = await call("POST /runs", { body: { workflowId, input: { name: 7 } } });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: "input/name" }] } });
    expect(await call("POST /runs", { body: { definition: definition("inline"), input: { name: "Ada" } } })).toMatchObject({ status: 202, body: { mode: "test", workflow: null } });
    expect(await call("POST /runs", { body: { definition: { schema: 1 } } })).toMatchObject({ status: 422 });
    expect(await call("POST /runs", { body: {} })).toMatchObject({ status: 400, body: { errors: [{ field: "workflowId" }] } });
    expect(await call("POST /runs", { body: { workflowId, input: { name: "x" }, untilNode: "say" } })).toMatchObject({ status: 400, body: { errors: [{ field: "untilNode" }] } });
  });

  it("started again with their key are answered before anything is judged anew", async () => {
    const { body: workflow } = await call("POST /workflows", { body: { name: "Repeated", definition: definition("x") } });
    const workflowId = String(workflow.id);
    await call(`POST /workflows/${workflowId}/publish`, { body: {} });
    const again = (way: object = { workflowId }) => call("POST /runs", { body: { ...way, input: { name: "Ada" }, idempotencyKey: "first" } });
    const { body: first } = await again();
    await call(`PUT /workflows/${workflowId}/draft`, { body: { revision: 1, definition: { ...definition("x"), input: { type: "object", required: ["other"] } } } });
    await call(`POST /workflows/${workflowId}/publish`, { body: {} });
    expect(await again()).toMatchObject({ status: 202, body: { id: first.id } });
    const { workspaceId } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
    await rawDb().workspace.update({ where: { id: workspaceId }, data: { quotaReached: "Runs of this workspace this month (0)" } });
    expect(await again()).toMatchObject({ status: 202, body: { id: first.id } });
    expect((await call("POST /runs", { body: { workflowId, input: { other: 1 }, idempotencyKey: "second" } })).status).toBe(429);
    await rawDb().workspace.update({ where: { id: workspaceId }, data: { quotaReached: null } });
    await rawDb().workflow.update({ where: { id: workflowId }, data: { archivedAt: new Date() } });
    expect(await again()).toMatchObject({ status: 202, body: { id: first.id } });
    expect(await again({ workflow: "repeated" })).toMatchObject({ status: 202, body: { id: first.id } });
    expect(await call("POST /runs", { body: { workflow: "repeated", idempotencyKey: "second" } })).toMatchObject({ status: 409, body: { type: "urn:millrace:problem:archived" } });
    expect(await rawDb().run.count({ where: { workflowId } })).toBe(1);
  });

  it("are listed by filters, cancelled and signalled", async () => {
    const { body: run } = await call("POST /runs", { body: { definition: definition("x"), input: { name: "A" } } });
    const id = String(run.id);
    const listed = await call("GET /runs?status=queued&status=running&mode=test&limit=1");
    expect(listed).toMatchObject({ status: 200, body: { items: [{ id, status: "queued" }] } });
    expect(await call("GET /runs?status=failed")).toMatchObject({ body: { items: [], nextCursor: null } });
    expect(await call("GET /runs?status=ended")).toMatchObject({ status: 400 });
    expect(await call(`GET /runs/${id}`)).toMatchObject({ body: { id, steps: [], moreSteps: false } });
    expect(await call(`GET /runs/${id}/value?what=input`)).toMatchObject({ body: { text: '{"name":"A"}', total: 12, next: null } });
    expect(await call(`GET /runs/${id}/value?what=input&offset=2&limit=4`)).toMatchObject({ body: { text: "name", next: 6 } });
    expect(await call(`POST /runs/${id}/signals`, { body: { name: "go", payload: { a: 1 } } })).toMatchObject({ status: 202, body: { requested: true } });
    expect(await call(`POST /runs/${id}/cancel`, { body: { reason: "test" } })).toMatchObject({ status: 202, body: { requested: true } });
    expect((await call(`POST /runs/${id}/cancel`, { body: {}, as: foreign })).status).toBe(404);
    expect(await call(`GET /runs/${id}?wait=0.05`)).toMatchObject({ status: 200, body: { status: "queued" } });
  });
});

describe("REST: bad requests", () => {
  it("get problem documents that name the field", async () => {
    const cases: [string, Call, number, string?][] = [
      ["GET /workflows", { as: null }, 401],
      ["GET /workflows", { as: "mlr_wrong" }, 401],
      ["POST /workflows", { as: readOnly, body: { name: "x" } }, 403],
      ["GET /nothing/here", {}, 404],
      ["GET /workflows/00000000-0000-7000-8000-000000000000", {}, 404],
      ["GET /workflows/not-an-id", {}, 400, "workflowId"],
      ["PUT /workflows", {}, 405],
      ["POST /workflows", { raw: "{", }, 400, "body"],
      ["POST /workflows", { raw: "[]" }, 400, "body"],
      ["POST /workflows", { raw: "name=x", type: "text/plain" }, 400, "content-type"],
      ["POST /workflows", { body: { name: "" } }, 400, "name"],
      ["POST /workflows", { body: { name: "x", definition: "no" } }, 400, "definition"],
      ["POST /workflows", { raw: `{"name":"${"x".repeat(env.REQUEST_MAX_BYTES)}"}` }, 413],
      ["GET /runs?limit=1000", {}, 400, "limit"],
      ["GET /runs?cursor=zzz", {}, 400, "cursor"],
      ["GET /runs?from=yesterday", {}, 400, "from"],
    ];
    for (const [place, given, status, field] of cases) {
      const answer = await call(place, given);
      expect([place, answer.status]).toEqual([place, status]);
      const problem = problemDocumentSchema.parse(answer.body);
      expect(problem.status).toBe(status);
      if (field !== undefined) expect([place, problem.errors?.[0]?.field]).toEqual([place, field]);
    }
    expect((await call("GET /workflows", { as: null })).headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect((await call("PUT /workflows", {})).headers.get("allow")).toBe("GET, POST");
  });

  it("are told the limit also when the length is not announced", async () => {
    const part = new TextEncoder().encode("x".repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream({ pull: (controller) => (sent++ < 1_000 ? controller.enqueue(part) : controller.close()) });
    const request = new Request("http://localhost/api/v1/workflows", { method: "POST", body, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, duplex: "half" } as RequestInit);
    expect((await handleRest(request)).status).toBe(413);
    expect(sent).toBeLessThan(400);
  });
});

describe("REST: open places", () => {
  it("say that it works, and what there is", async () => {
    expect(await call("GET /health", { as: null })).toMatchObject({ status: 200, body: { status: "ok" } });
    const { status, body } = await call("GET /openapi.json", { as: null });
    expect([status, body.openapi]).toEqual([200, "3.1.0"]);
    const paths = body.paths as unknown as Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[]; requestBody?: unknown }>>;
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(paths["/runs"]?.post?.parameters).toMatchObject([{ name: "wait", in: "query" }]);
    expect(paths["/workflows/{workflowId}/draft"]?.put?.requestBody).toMatchObject({ content: { "application/json": { schema: { required: ["definition", "revision"] } } } });
    expect(JSON.stringify(body)).not.toContain("#/$defs");
  });
});
