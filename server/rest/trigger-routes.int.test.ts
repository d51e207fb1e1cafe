import { afterAll, expect, it } from "vitest";
import { closeConnections } from "@/server/db/client";
import { createToken } from "@/server/tokens/service";
import { TriggerScene } from "@/server/triggers/testing/scene";
import { handleRest } from "./dispatch";

afterAll(closeConnections);

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
