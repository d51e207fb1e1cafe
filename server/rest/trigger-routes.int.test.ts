import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { dispatchDue, recordEvent } from "@/server/triggers/service";
import { createToken } from "@/server/tokens/service";
import { TriggerScene } from "@/server/triggers/testing/scene";
import { handleRest } from "./dispatch";

afterAll(closeConnections);

interface Said {
  status: number;
  body: Record<string, unknown> & { items?: { id: string; status: string }[]; id?: string; url?: string | null; mode?: string };
}

/** Calls of the API with a token of its own. */
async function caller(scope: Scope, scopes: Permission[]) {
  const { token } = await createToken({ scope }, { name: "t", scopes, expiresInDays: 1 });
  return async (place: string, body?: unknown): Promise<Said> => {
    const [method, path] = place.split(" ");
    const response = await handleRest(new Request(`http://localhost/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body === undefined ? null : JSON.stringify(body) }));
    return { status: response.status, body: (await response.json()) as Said["body"] };
  };
}

it("makes a trigger, changes it, gives it a new address, and deletes it", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const [writer, operator] = [await caller(scope, ["trigger:read", "trigger:write", "trigger:operate", "run:start"]), await caller(scope, ["trigger:read", "trigger:operate"])];
  const given = { workflowId, kind: "webhook", name: "From a script", config: { methods: ["POST"] }, settings: { priority: 3 } };
  expect((await operator("POST /triggers", given)).status).toBe(403);
  const made = await writer("POST /triggers", given);
  expect(made).toMatchObject({ status: 201, body: { name: "From a script", declared: false, settings: { priority: 3 }, url: expect.stringContaining("/api/hooks/") as string } });
  const at = `/triggers/${made.body.id}`;
  expect(await writer(`POST /triggers`, { ...given, config: { methods: [] } })).toMatchObject({ status: 400, body: { errors: [{ field: "config.methods" }] } });
  expect(await writer(`PATCH ${at}`, { name: "Renamed", config: { methods: ["PUT"] } })).toMatchObject({ status: 200, body: { name: "Renamed", config: { methods: ["PUT"] }, settings: { priority: 3 } } });
  const rotated = await writer(`POST ${at}/token`);
  expect([rotated.status, rotated.body.url === made.body.url]).toEqual([200, false]);
  expect((await operator(`DELETE ${at}`)).status).toBe(403);
  expect(await writer(`DELETE ${at}`)).toMatchObject({ status: 200, body: { ok: true, left: null } });
  expect((await writer(`GET ${at}`)).status).toBe(404);
});

it("lists events, answers and sends one again, settles what is held, and catches one for tests", async () => {
  const scene = await TriggerScene.open([{ id: "in", kind: "trigger.webhook", config: {} }]);
  const [reader, operator] = [await caller(scene.scope, ["trigger:read"]), await caller(scene.scope, ["trigger:read", "trigger:operate"])];
  const [{ id } = { id: "" }] = await scene.triggers();
  const statuses = async (query = "") => (await reader(`GET /triggers/${id}/events${query}`)).body.items!.map(({ status }) => status);
  expect((await reader(`PUT /triggers/${id}/capture`)).status).toBe(403);
  expect((await operator(`PUT /triggers/${id}/capture`)).body).toMatchObject({ until: expect.any(String) as string });
  expect((await operator(`DELETE /triggers/${id}/capture`)).body).toEqual({ until: null });
  await operator(`PUT /triggers/${id}/capture`);
  const { eventId } = await recordEvent(scene.event(id, "caught", { n: 7 }));
  expect(await reader(`GET /trigger-events/${eventId}`)).toMatchObject({ status: 200, body: { status: "captured", run: null, input: { n: 7 }, bodyText: '{"n":7}' } });
  expect((await reader(`POST /trigger-events/${eventId}/resend`)).status).toBe(403);
  const sent = await operator(`POST /trigger-events/${eventId}/resend`);
  expect(sent).toMatchObject({ status: 202, body: { runId: expect.any(String) as string } });
  await expect.poll(() => rawDb().run.count({ where: { id: String(sent.body.runId) } })).toBe(1);
  await operator(`PUT /triggers/${id}/mode`, { mode: "suspended" });
  await recordEvent(scene.event(id, "held 1"));
  expect(await operator(`POST /triggers/${id}/held/release`)).toEqual({ status: 202, body: { count: 1 } });
  await expect.poll(async () => dispatchDue().then(() => statuses("?status=held"))).toEqual([]);
  await recordEvent(scene.event(id, "held 2"));
  expect(await operator(`POST /triggers/${id}/held/discard`)).toEqual({ status: 200, body: { count: 1 } });
  expect(await statuses("?status=discarded&limit=1")).toEqual(["discarded"]);
});

it("lets a poller look at once", async () => {
  const { scope, workflowId } = await TriggerScene.open([]);
  const operator = await caller(scope, ["trigger:read", "trigger:write", "trigger:operate", "run:start"]);
  const { body } = await operator("POST /triggers", { workflowId, kind: "poll", name: "Items", config: { workflow: workflowId, intervalSeconds: 3600 } });
  await rawDb().trigger.update({ where: { id: body.id! }, data: { nextFireAt: new Date("2099-01-01") } });
  const looking = await operator(`POST /triggers/${body.id}/look`, { startOver: true });
  expect([looking.status, new Date(String(looking.body.nextFireAt)).getTime() < new Date("2098-01-01").getTime()]).toEqual([202, true]);
  const { body: hook } = await operator("POST /triggers", { workflowId, kind: "webhook", name: "Hook" });
  expect((await operator(`POST /triggers/${hook.id}/look`)).status).toBe(400);
});

it("lists triggers, shows addresses to who may operate them, and changes their mode", async () => {
  const { scope, workflowId } = await TriggerScene.open([{ id: "in", kind: "trigger.webhook", config: {} }]);
  const tokenOf = async (scopes: ("trigger:read" | "trigger:operate")[]) => (await createToken({ scope }, { name: "t", scopes, expiresInDays: 1 })).token;
  const [reader, operator] = [await tokenOf(["trigger:read"]), await tokenOf(["trigger:read", "trigger:operate"])];
  const ask = async (place: string, token: string, body?: unknown) => {
    const [method, path] = place.split(" ");
    const response = await handleRest(new Request(`http://localhost/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body === undefined ? null : JSON.stringify(body) }));
    return { status: response.status, body: (await response.json()) as { items?: { id: string }[]; url?: string | null; mode?: string } };
  };
  const { body } = await ask(`GET /triggers?workflowId=${workflowId}`, reader);
  const id = body.items![0]!.id;
  expect(body.items).toMatchObject([{ kind: "webhook", mode: "enabled" }]);
  expect([(await ask(`GET /triggers/${id}`, reader)).body.url, (await ask(`GET /triggers/${id}`, operator)).body.url]).toEqual([null, expect.stringContaining("/api/hooks/")]);
  expect((await ask(`PUT /triggers/${id}/mode`, reader, { mode: "disabled" })).status).toBe(403);
  expect((await ask(`PUT /triggers/${id}/mode`, operator, { mode: "suspended" })).body.mode).toBe("suspended");
});
