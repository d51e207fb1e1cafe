import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { createSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { rawDb } from "@/server/db/client";
import type { DefinitionInput } from "@/server/engine/definition";
import { createFolder, moveItems } from "@/server/organizing/service";
import { grantPart, makeMember, makePerson, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { flushRefusals } from "@/server/triggers/refusals";
import * as triggers from "@/server/triggers/service";
import * as workflows from "@/server/workflows/service";
import { handleRoute } from "./handle-route";
import { AUTHORIZE_EVERY_MS } from "./stream-run";
import { IngressScene, jsonRequest as json, type Node } from "./testing/scene";

let scene: IngressScene;
let scope: Scope;

beforeAll(async () => {
  scene = await IngressScene.open({ ROUTE_KEY: "s3cret" });
  scope = scene.scope;
});
afterAll(() => scene.close());

const ECHO: Node[] = [{ id: "echo", kind: "set", config: { values: { got: "{{ input }}", caller: "{{ trigger.caller }}" } } }];
const PUBLIC = { auth: { type: "none" } };
const PATIENT = { mode: "wait", timeoutSeconds: 150 };
const ORDER = { type: "object", properties: { id: { type: "integer" }, size: { enum: ["small", "large"] }, note: { type: "string" } }, required: ["id", "size"] } as const;

/** A published workflow behind a route. */
async function open(config: Record<string, unknown>, nodes: Node[] = ECHO, input: DefinitionInput["input"] = {}, settings = {}) {
  const workflowId = await scene.publish(nodes, input, "Routed");
  const trigger = await triggers.createTrigger({ scope }, { workflowId, kind: "route", name: `Route ${String(config.path)}`, config: { answer: PATIENT, ...config }, settings, nodeId: null, versionNumber: null });
  return { triggerId: trigger.id, workflowId, url: trigger.url! };
}

const call = (path: string, init: RequestInit = {}) => handleRoute(new Request(`http://localhost:3000/api/r${path}`, init));
const at = (path: string, init: RequestInit = {}) => call(`/${scope.workspace.slug}${path}`, init);

describe("an HTTP route", () => {
  it("answers with the workflow's output, made of path, query and body", async () => {
    const { url } = await open({ ...PUBLIC, path: "/orders/:id" }, ECHO, ORDER);
    expect(url).toContain(`/api/r/${scope.workspace.slug}/orders/:id`);
    const answer = await at("/orders/7?note=quick", json({ size: "small" }));
    expect([answer.status, await answer.json()]).toMatchObject([200, { got: { id: 7, size: "small", note: "quick" } }]);
    await open({ ...PUBLIC, method: "GET", path: "/orders/:id" }, ECHO, ORDER);
    expect(await (await at("/orders/8?size=large")).json()).toMatchObject({ got: { id: 8, size: "large" } });
    // What the path says cannot be said otherwise.
    expect(await (await at("/orders/9?id=1", json({ id: 2, size: "small" }))).json()).toMatchObject({ got: { id: 9 } });
  });

  it("names each field that does not fit, and takes nothing in", async () => {
    const { triggerId } = await open({ ...PUBLIC, path: "/checked/:id", answer: { mode: "accept" } }, ECHO, ORDER);
    const bad = await at("/checked/x", json({ size: "huge" }));
    expect([bad.status, bad.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    expect(((await bad.json()) as { errors: { field: string }[] }).errors.map(({ field }) => field).sort()).toEqual(["input/id", "input/size"]);
    const missing = await at("/checked/1", json({}));
    expect(await missing.json()).toMatchObject({ status: 400, errors: [{ field: "input/size" }] });
    expect((await at("/checked/1", json({ size: "small" }))).status).toBe(202);
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(1);
    await flushRefusals();
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).refusals).toMatchObject({ invalid_input: { count: 2 } });
  });

  it("gives a mapping its path, query and headers", async () => {
    const value = { order: "{{ trigger.params.id }}", page: "{{ trigger.query.page }}", language: '{{ trigger.headers["accept-language"] }}', method: "{{ trigger.method }}" };
    await open({ ...PUBLIC, method: "ANY", path: "/mapped/:id" }, ECHO, {}, { mapping: { type: "expression", value } });
    const answer = await at("/mapped/a%2Fb?page=2", { method: "PATCH", headers: { "accept-language": "de" } });
    expect(await answer.json()).toMatchObject({ got: { order: "a/b", page: "2", language: "de", method: "PATCH" } });
  });

  it("answers what a respond step says, 202 at once, or a stream", async () => {
    await open({ ...PUBLIC, path: "/made" }, [{ id: "answer", kind: "respond", config: { status: 201, headers: { location: "/orders/1" }, body: { ok: true } } }]);
    const made = await at("/made", json({}));
    expect([made.status, made.headers.get("location"), await made.json()]).toEqual([201, "/orders/1", { ok: true }]);
    await open({ ...PUBLIC, path: "/streamed", answer: { mode: "stream" } });
    const streamed = await at("/streamed", json({ n: 1 }));
    expect(streamed.headers.get("content-type")).toContain("text/event-stream");
    expect(await streamed.text()).toContain("event: output");
  });

  it("prefers words to parameters, and a method of its own to any", async () => {
    const say = (text: string): Node[] => [{ id: "say", kind: "set", config: { values: { text } } }];
    await open({ ...PUBLIC, method: "GET", path: "/items/:id" }, say("one"));
    await open({ ...PUBLIC, method: "GET", path: "/items/new" }, say("new"));
    await open({ ...PUBLIC, method: "ANY", path: "/items/:any" }, say("any"));
    const textAt = async (path: string, method = "GET") => ((await (await at(path, { method })).json()) as { text: string }).text;
    expect([await textAt("/items/1"), await textAt("/items/new"), await textAt("/items/1", "DELETE")]).toEqual(["one", "new", "any"]);
    await open({ ...PUBLIC, method: "PUT", path: "/only-put" });
    const other = await at("/only-put", { method: "GET" });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "PUT"]);
  });

  it("has its address to itself, in the workspace and without it", async () => {
    await open({ ...PUBLIC, path: "/taken/:a" });
    await expect(open({ ...PUBLIC, path: "/taken/:b" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "config.path", reason: expect.stringContaining("Route /taken/:a") as string } });
    const word = `global-${scope.workspaceId.slice(-12)}`;
    const { url } = await open({ ...PUBLIC, path: `/${word}/:id`, inWorkspace: false });
    expect(url).toContain(`/api/r/${word}/:id`);
    expect(await (await call(`/${word}/5`, json({}))).json()).toMatchObject({ got: { id: "5" } });
    expect((await at(`/${word}/5`, json({}))).status).toBe(404);
    const other = await makeScope("owner");
    const { id: workflowId } = await workflows.createWorkflow({ scope: other }, { name: "Other", description: "", definition: { schema: 1, nodes: ECHO, edges: [] } });
    const make = (config: Record<string, unknown>) => triggers.createTrigger({ scope: other }, { workflowId, kind: "route", name: "Mine", config, settings: {}, nodeId: null, versionNumber: null });
    await expect(make({ path: `/${word}/:x`, inWorkspace: false })).rejects.toMatchObject({ data: { field: "config.path", reason: expect.not.stringContaining("Route") as string } });
    await expect(make({ path: `/${scope.workspace.slug}/x`, inWorkspace: false })).rejects.toMatchObject({ data: { field: "config.path" } });
    const both = await Promise.allSettled([1, 2].map(() => make({ path: `/${word}/race/:x`, inWorkspace: false })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")?.reason).toMatchObject({ kind: "invalid_input" });
    expect(await make({ path: "/taken/:a" })).toMatchObject({ kind: "route" });
  });

  it("gives an address of the installation up with a deleted workflow of another workspace", async () => {
    const word = `freed-${scope.workspaceId.slice(-12)}`;
    const { workflowId: mine } = await open({ ...PUBLIC, path: `/${word}/:id`, inWorkspace: false });
    const other = await makeScope("owner");
    const { id: workflowId } = await workflows.createWorkflow({ scope: other }, { name: "Other", description: "", definition: { schema: 1, nodes: ECHO, edges: [] } });
    await workflows.publish({ scope: other }, { workflowId, note: "" });
    const make = () => triggers.createTrigger({ scope: other }, { workflowId, kind: "route", name: "Theirs", config: { ...PUBLIC, path: `/${word}/:x`, inWorkspace: false }, settings: {}, nodeId: null, versionNumber: null });
    await expect(make()).rejects.toMatchObject({ kind: "invalid_input" });
    await workflows.deleteWorkflow({ scope }, { workflowId: mine });
    await make();
    expect(await (await call(`/${word}/7`, json({}))).json()).toMatchObject({ got: { x: "7" } });
  });

  it("gives its address up with a deleted workflow, and says so when that comes back", async () => {
    const { workflowId, triggerId } = await open({ ...PUBLIC, path: "/left" });
    await workflows.deleteWorkflow({ scope }, { workflowId });
    expect((await at("/left", json({}))).status).toBe(410);
    await open({ ...PUBLIC, path: "/left" });
    expect((await at("/left", json({}))).status).toBe(200);
    expect(await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).toMatchObject({ mode: "disabled", routeKey: null, error: { code: "route_taken" } });
  });

  it("is declared by start nodes, which may swap their paths", async () => {
    const node = (id: string, path: string): Node => ({ id, kind: "trigger.route", config: { ...PUBLIC, path } });
    const definition = (a: string, b: string) => ({ schema: 1 as const, nodes: [node("a", a), node("b", b), ...ECHO], edges: ["a", "b"].map((from) => ({ from, to: "echo" })) });
    const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Two", description: "", definition: definition("/swap/a", "/swap/b") });
    await workflows.publish({ scope }, { workflowId, note: "" });
    const save = async (a: string, b: string) => {
      const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
      await workflows.updateDraft({ scope }, { workflowId, definition: definition(a, b), revision });
      return workflows.publish({ scope }, { workflowId, note: "" });
    };
    await save("/swap/b", "/swap/a");
    expect((await at("/swap/a", json({}))).status).toBe(200);
    await expect(save("/swap/a", "/swap/a")).rejects.toMatchObject({ data: { field: "config.path" } });
    const bad = { schema: 1, nodes: [node("a", "/x/:id/:id")], edges: [] };
    const { validateWorkflow } = await import("@/server/nodes/validate-workflow");
    expect(validateWorkflow(bad).problems).toMatchObject([{ code: "invalid_config", path: "/nodes/0/config/path" }]);
  });

  it("lets in who its rule lets in", async () => {
    const path = (name: string) => ({ path: `/auth/${name}` });
    await open({ ...path("basic"), auth: { type: "basic", username: "me", secret: "ROUTE_KEY" } });
    await open({ ...path("key"), auth: { type: "apiKey", secret: "ROUTE_KEY" } });
    await open({ ...path("hmac"), auth: { type: "hmac", secret: "ROUTE_KEY" } });
    const signature = createHmac("sha256", "s3cret").update("{}").digest("hex");
    const status = async (name: string, headers: Record<string, string> = {}) => (await at(`/auth/${name}`, json({}, headers))).status;
    expect([await status("basic"), await status("basic", { authorization: `Basic ${btoa("me:s3cret")}` })]).toEqual([401, 200]);
    expect([await status("key"), await status("key", { "x-api-key": "s3cret" })]).toEqual([401, 200]);
    expect([await status("hmac", { "x-signature": "0" }), await status("hmac", { "x-signature": signature })]).toEqual([401, 200]);
  });

  it("knows tokens and sessions of its own workspace with the permission", async () => {
    await open({ path: "/auth/token" });
    const tokenOf = async (owner: Scope, scopes: ("run:start" | "run:read")[]) => ({ authorization: `Bearer ${(await createToken({ scope: owner }, { name: "caller", scopes, expiresInDays: null })).token}` });
    const asToken = async (headers: Record<string, string>) => at("/auth/token", json({}, headers));
    const good = await asToken(await tokenOf(scope, ["run:start"]));
    expect([good.status, await good.json()]).toMatchObject([200, { caller: { type: "token", name: "caller" } }]);
    expect((await asToken(await tokenOf(scope, ["run:read"]))).status).toBe(403);
    expect((await asToken(await tokenOf(await makeScope("owner"), ["run:start"]))).status).toBe(401);
    expect((await asToken({ authorization: "Bearer mlr_nothing" })).status).toBe(401);
    await open({ path: "/auth/session", auth: { type: "session" } });
    const asPerson = async (userId: string, headers: Record<string, string> = { "sec-fetch-site": "same-origin" }) =>
      (await at("/auth/session", json({}, { cookie: `${sessionCookieName()}=${await createSession(userId)}`, ...headers }))).status;
    const viewer = await makeMember(scope.workspaceId, "viewer");
    const stranger = await makeScope("owner");
    expect(await asPerson(scope.userId!)).toBe(200);
    expect(await asPerson(viewer.id)).toBe(403);
    expect(await asPerson(stranger.userId!)).toBe(401);
    expect([await asPerson(scope.userId!, { "sec-fetch-site": "cross-site" }), await asPerson(scope.userId!, { origin: "https://evil.example" }), await asPerson(scope.userId!, {})]).toEqual([401, 401, 401]);
  });

  it.each(["token", "session", "trigger"])("ends a stream in the moment its %s ends", async (what) => {
    // Nobody looks by himself within the test's time: what is heard is heard by a notice.
    const real = setInterval;
    const spied = vi.spyOn(globalThis, "setInterval").mockImplementation(((work: () => void, ms?: number) => real(work, ms === AUTHORIZE_EVERY_MS ? 3_600_000 : ms)) as typeof setInterval);
    onTestFinished(() => spied.mockRestore());
    const later: Node[] = [{ id: "later", kind: "delay", config: { seconds: 3_600 } }];
    const auth = { type: what === "session" ? "session" : "token", permission: "run:start" };
    const { triggerId } = await open({ auth, path: `/live-${what}`, answer: { mode: "stream", timeoutSeconds: 300 } }, later);
    const { id: userId } = await makeMember(scope.workspaceId, "operator");
    const { id: tokenId, token } = await createToken({ scope }, { name: `live ${what}`, scopes: ["run:start"], expiresInDays: 1 });
    const session = await createSession(userId);
    const headers: Record<string, string> = what === "session" ? { cookie: `${sessionCookieName()}=${session}`, "sec-fetch-site": "same-origin" } : { authorization: `Bearer ${token}` };
    const reader = (await at(`/live-${what}`, { ...json({}), headers: { "content-type": "application/json", ...headers } })).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("event: run");
    const ended = (async () => {
      for (;;) if ((await reader.read()).done) return true;
    })();
    if (what === "token") await rawDb().apiToken.update({ where: { id: tokenId }, data: { revokedAt: new Date() } });
    else if (what === "session") await rawDb().session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
    else await triggers.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    expect(await ended).toBe(true);
  });

  it("asks a workflow, and takes nothing but a clear yes", async () => {
    await scene.publish([{ id: "decide", kind: "set", config: { values: { allow: '{{ input.headers.authorization === "Bearer open" }}', caller: { key: "{{ input.params.name }}" } } } }], {}, "Doorman");
    await open({ path: "/auth/asked/:name", auth: { type: "workflow", workflow: "Doorman", timeoutSeconds: 60 } });
    const good = await at("/auth/asked/ada", json({}, { authorization: "Bearer open" }));
    expect([good.status, await good.json()]).toMatchObject([200, { caller: { key: "ada" } }]);
    expect((await at("/auth/asked/ada", json({}, { authorization: "Bearer shut" }))).status).toBe(401);
    await scene.publish([{ id: "bad", kind: "fail", config: { message: "no" } }], {}, "Broken");
    await open({ path: "/auth/broken", auth: { type: "workflow", workflow: "Broken" } });
    await open({ path: "/auth/nobody", auth: { type: "workflow", workflow: "Nobody" } });
    await scene.publish([{ id: "yes", kind: "set", config: { values: { allow: true } } }], { type: "object", required: ["never"] }, "Picky");
    await open({ path: "/auth/picky", auth: { type: "workflow", workflow: "Picky" } });
    expect([(await at("/auth/broken", json({}))).status, (await at("/auth/nobody", json({}))).status, (await at("/auth/picky", json({}))).status]).toEqual([401, 401, 401]);
  });

  it("says with its trigger that whoever set it may not start the workflow that decides, and sets none such", async () => {
    const allow: Node[] = [{ id: "yes", kind: "set", config: { values: { allow: true } } }];
    const [decides, far, workflowId] = [await scene.publish(allow, {}, "Near door"), await scene.publish(allow, {}, "Far door"), await scene.publish(ECHO, {}, "Of one folder")];
    const { id: folderId } = await createFolder({ scope }, { name: "Doors", parentId: null });
    const move = (itemIds: string[], place: string | null) => moveItems({ scope }, { itemType: "workflow", itemIds, folderId: place });
    await move([decides, workflowId], folderId);
    const { id } = await makePerson(scope.organizationId);
    await grantPart(scope, id, "builder", { folderId });
    const builder = (await openUserScope(id, { id: scope.workspaceId })).for("trigger:write");
    const make = (workflow: string) => triggers.createTrigger({ scope: builder }, { workflowId, kind: "route", name: "Door", config: { path: "/auth/door", auth: { type: "workflow", workflow, timeoutSeconds: 60 }, answer: PATIENT }, settings: {}, nodeId: null, versionNumber: null });
    await expect(make(far)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "config.auth.workflow" } });
    const { id: triggerId } = await make(decides);
    const errorOf = async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).error;
    expect([(await at("/auth/door", json({}))).status, await errorOf()]).toEqual([200, null]);
    await move([decides], null);
    expect([(await at("/auth/door", json({}))).status, (await at("/auth/door", json({}))).status, await errorOf()]).toMatchObject([401, 401, { code: "authorizer_failed", message: expect.stringContaining("run:start") as string }]);
    expect(await rawDb().platformFact.count({ where: { subjectId: triggerId, kind: "trigger.error" } })).toBe(1);
  });

  it("is not found, gone, too large or too often", async () => {
    const unknown = await Promise.all([at("/nowhere"), call("/no-such-workspace/x"), call(""), at("/%zz")]);
    expect(new Set(await Promise.all(unknown.map(async (one) => `${one.status} ${await one.text()}`))).size).toBe(1);
    expect(unknown[0]!.status).toBe(404);
    const { triggerId } = await open({ ...PUBLIC, path: "/limits", maxBodyKb: 1, ratePerMinute: 3, answer: { mode: "accept" } });
    expect((await at("/limits", json({ text: "x".repeat(2_000) }))).status).toBe(413);
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "suspended" });
    expect((await at("/limits", json({}))).status).toBe(202);
    expect(await rawDb().triggerEvent.findMany({ where: { triggerId } })).toMatchObject([{ status: "held" }]);
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    expect((await at("/limits", json({}))).status).toBe(410);
    await triggers.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
    expect((await at("/limits", json({}))).status).toBe(202);
    const limited = await at("/limits", json({}));
    expect([limited.status, Number(limited.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });

  it("is listed with its schema and rule in the document of its workspace", async () => {
    const own = await makeScope("owner");
    const { id: workflowId } = await workflows.createWorkflow({ scope: own }, { name: "Listed", description: "Takes orders", definition: { schema: 1, input: { ...ORDER, $defs: { x: { type: "string" } }, properties: { ...ORDER.properties, x: { $ref: "#/$defs/x" } } }, nodes: ECHO, edges: [] } });
    await workflows.publish({ scope: own }, { workflowId, note: "" });
    const make = (name: string, config: Record<string, unknown>) => triggers.createTrigger({ scope: own }, { workflowId, kind: "route", name, config, settings: {}, nodeId: null, versionNumber: null });
    await make("Place order", { path: "/orders/:id" });
    await make("See order", { path: "/orders/:id", method: "GET", auth: { type: "apiKey", secret: "K" } });
    await make("Change order", { path: "/orders/:key", method: "PUT" });
    const { id: hidden } = await make("Hidden", { path: "/hidden" });
    await triggers.setTriggerMode({ scope: own }, { triggerId: hidden, mode: "disabled" });
    const { token } = await createToken({ scope: own }, { name: "docs", scopes: ["trigger:read"], expiresInDays: null });
    const read = (headers: Record<string, string>, slug = own.workspace.slug) => call(`/${slug}/openapi.json`, { headers });
    const document = (await (await read({ authorization: `Bearer ${token}` })).json()) as { openapi: string; paths: Record<string, Record<string, unknown>>; components: { schemas: Record<string, { properties?: Record<string, unknown> }> } };
    const place = `/api/r/${own.workspace.slug}/orders/{id}`;
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual([place]);
    expect(document.paths[place]).toMatchObject({
      get: { parameters: [{ name: "id", in: "path", schema: { type: "integer" } }, { name: "size", in: "query", required: true }, { name: "note", in: "query" }, { name: "x" }], security: [{ See_order_1_auth: [] }] },
      put: { parameters: [{ name: "id", in: "path", description: "The input's field key." }] },
      post: { summary: "Place order", requestBody: { required: true, content: { "application/json": { schema: { required: ["size"] } } } } },
    });
    expect(document.components.schemas.Place_order_2_input?.properties?.x).toEqual({ $ref: "#/components/schemas/Place_order_2_input/$defs/x" });
    expect([(await read({})).status, (await read({}, "no-such-workspace")).status, (await read({ authorization: `Bearer ${token}` }, scope.workspace.slug)).status]).toEqual([401, 401, 404]);
  });
});
