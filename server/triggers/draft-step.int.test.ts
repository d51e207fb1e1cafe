import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Redis } from "ioredis";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { handleHook } from "@/server/ingress/handle-hook";
import { handleRoute } from "@/server/ingress/handle-route";
import { makeMember, makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";
import { hasProgram, redisServer } from "./testing/brokers";
import { broker, listen, PATIENT, SLOW_MS } from "./testing/listening";
import { definitionWith } from "./testing/scene";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let scope: Scope;
beforeAll(async () => {
  scope = await makeScope("owner");
});
afterAll(closeConnections);

type Node = Parameters<typeof definitionWith>[0][number];

async function draftOf(...nodes: Node[]): Promise<string> {
  const { id } = await workflows.createWorkflow({ scope }, { name: "Never published", description: "", definition: definitionWith(nodes) });
  return id;
}

async function listenTo(workflowId: string, nodeId: string) {
  const { triggerId, isDraft } = await service.listenToStep({ scope }, { workflowId, nodeId });
  return { isDraft, ...(await service.getTrigger({ scope }, { triggerId: triggerId! })) };
}

const post = (url: string, body: unknown, method = "POST") => {
  const request = new Request(url, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return url.includes("/api/r/") ? handleRoute(request) : handleHook(request, url.split("/").at(-1)!);
};
const caughtBy = async (triggerId: string) => {
  const { items } = await service.listEvents({ scope }, { triggerId, limit: 50, status: "captured" });
  return Promise.all(items.map(({ id }) => service.getEvent({ scope }, { eventId: id })));
};
const runsOf = (workflowId: string) => rawDb().run.count({ where: { workflowId } });

describe("a start step of a draft", () => {
  it("catches one event at an address of its own before it was ever published, and starts nothing", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", name: "Hook", config: { dedupe: { type: "body", windowSeconds: 600 }, mapping: { type: "expression", value: { who: "{{ trigger.body.name }}" } } } });
    expect(await service.sourceOfStep({ scope }, { workflowId, nodeId: "hook" })).toEqual({ triggerId: null, isDraft: true });
    const tried = await listenTo(workflowId, "hook");
    expect(tried).toMatchObject({ isDraft: true, name: "Hook", captureUntil: expect.any(String) as string });
    expect((await post(tried.url!, { name: "Ada" })).status).toBe(202);
    expect((await post(tried.url!, { name: "Bob" })).status).toBe(410);
    expect(await caughtBy(tried.id)).toMatchObject([{ status: "captured", run: null, input: { who: "Ada" } }]);
    const again = await listenTo(workflowId, "hook");
    expect([again.id, again.url]).toEqual([tried.id, tried.url]);
    // The same once more is another test.
    expect((await post(tried.url!, { name: "Ada" })).status).toBe(202);
    expect(await caughtBy(tried.id)).toHaveLength(2);
    await listenTo(workflowId, "hook");
    await service.captureNext({ scope }, { triggerId: tried.id, listen: false });
    expect((await post(tried.url!, { name: "Eve" })).status).toBe(410);
    expect(await runsOf(workflowId)).toBe(0);
  });

  it("is no trigger that could be listed, operated, or made to start a run", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", config: {} });
    const { id: triggerId, url } = await listenTo(workflowId, "hook");
    await post(url!, { n: 1 });
    expect((await service.listTriggers({ scope }, { workflowId, limit: 50 })).items).toEqual([]);
    for (const attempt of [
      () => service.setTriggerMode({ scope }, { triggerId, mode: "enabled" }),
      () => service.rotateToken({ scope }, { triggerId }),
      () => service.deleteTrigger({ scope }, { triggerId }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ kind: "not_found" });
    }
    const [caught] = await caughtBy(triggerId);
    await expect(service.resendEvent({ scope }, { eventId: caught!.id })).rejects.toMatchObject({ kind: "invalid_input" });
    const event = { trigger: { id: triggerId, workspaceId: scope.workspaceId }, body: "{}", contentType: "application/json" };
    expect(await service.recordEvent({ ...event, dedupeKey: "again", origin: "resent" })).toMatchObject({ status: "refused" });
    expect(await service.recordEvent({ ...event, dedupeKey: "live" })).toMatchObject({ status: "refused" });
    await expect(sharedPool().query("update trigger set mode = 'enabled' where id = $1", [triggerId])).rejects.toThrow("trigger_draft_check");
    expect(await runsOf(workflowId)).toBe(0);
  });

  it("is caught by its published trigger while the draft says the same, and by its own once it says something else", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", config: {} });
    const tried = await listenTo(workflowId, "hook");
    await workflows.publish({ scope }, { workflowId, note: "" });
    const published = await listenTo(workflowId, "hook");
    expect(published).toMatchObject({ isDraft: false, declared: true, retiredAt: null });
    expect([published.id === tried.id, published.url === tried.url]).toEqual([false, false]);
    const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
    await workflows.updateDraft({ scope }, { workflowId, revision, definition: definitionWith([{ id: "hook", kind: "trigger.webhook", config: { methods: ["PUT"] } }]) });
    expect(await service.sourceOfStep({ scope }, { workflowId, nodeId: "hook" })).toEqual({ triggerId: tried.id, isDraft: true });
    const changed = await listenTo(workflowId, "hook");
    expect(changed).toMatchObject({ id: tried.id, isDraft: true, config: { methods: ["PUT"] } });
    expect((await post(changed.url!, { n: 1 })).status).toBe(405);
    expect((await post(changed.url!, { n: 1 }, "PUT")).status).toBe(202);
    expect(await caughtBy(changed.id)).toHaveLength(1);
  });

  it("is caught by its own where the draft makes something else of it", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", config: {} });
    await workflows.publish({ scope }, { workflowId, note: "" });
    const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
    const mapping = { type: "jsonPath", fields: { name: "$.body.customer" } };
    await workflows.updateDraft({ scope }, { workflowId, revision, definition: definitionWith([{ id: "hook", kind: "trigger.webhook", config: { mapping } }]) });
    const tried = await listenTo(workflowId, "hook");
    expect(tried.isDraft).toBe(true);
    expect((await post(tried.url!, { customer: "Ann" })).status).toBe(202);
    expect(await caughtBy(tried.id)).toMatchObject([{ input: { name: "Ann" } }]);
  });

  it("is one, whatever comes at the same moment", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", config: {} });
    await workflows.publish({ scope }, { workflowId, note: "" });
    const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
    await workflows.updateDraft({ scope }, { workflowId, revision, definition: definitionWith([{ id: "hook", kind: "trigger.webhook", config: { methods: ["PUT"] } }]) });
    const { url, id } = await listenTo(workflowId, "hook");
    const answers = await Promise.all([1, 2, 3].map((n) => post(url!, { n }, "PUT")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 410, 410]);
    expect(await rawDb().triggerEvent.groupBy({ by: ["status"], where: { triggerId: id }, _count: true })).toEqual([{ status: "captured", _count: 1 }]);
    expect(await runsOf(workflowId)).toBe(0);
  });

  it("is tried as a route at an address beside those of the workspace", async () => {
    const workflowId = await draftOf({ id: "in", kind: "trigger.route", config: { path: "/orders/:id", method: "POST", auth: { type: "none" } } });
    const { id, url } = await listenTo(workflowId, "in");
    expect(url).toMatch(/\/api\/r\/@[\w-]+\/orders\/:id$/);
    const at = url!.replace(":id", "7");
    expect((await post(at.replace("orders", "others"), {})).status).toBe(404);
    expect((await post(at, {}, "PUT")).status).toBe(405);
    expect((await post(at.replace("@", "@x"), {})).status).toBe(404);
    expect((await post(`${at}?note=quick`, { size: "small" })).status).toBe(202);
    expect(await caughtBy(id)).toMatchObject([{ input: { id: "7", note: "quick", size: "small" } }]);
    expect((await post(at, {})).status).toBe(410);
  });

  it("makes the next slot of a schedule its test event at once, and refuses what does not fit or looks only once it is published", async () => {
    const workflowId = await draftOf(
      { id: "beat", kind: "trigger.schedule", config: { timing: { type: "cron", expression: "0 5 * * *" }, timeZone: "Europe/Berlin" } },
      { id: "poll", kind: "trigger.poll", config: { workflow: "items" } },
      { id: "bad", kind: "trigger.webhook", config: { methods: [] } },
    );
    const { id, captureUntil } = await listenTo(workflowId, "beat");
    expect(captureUntil).toBeNull();
    expect(await caughtBy(id)).toMatchObject([{ status: "captured", value: { slot: expect.stringMatching(/T0[34]:00:00/) as string } }]);
    for (const nodeId of ["poll", "bad", "keep", "nothing"]) await expect(service.listenToStep({ scope }, { workflowId, nodeId })).rejects.toMatchObject({ kind: "invalid_input" });
  });

  it("is for who may set triggers: whoever may operate them alone listens to what is published", async () => {
    const workflowId = await draftOf({ id: "hook", kind: "trigger.webhook", config: {} });
    const { id: userId } = await makeMember(scope.workspaceId, "operator");
    const operator = await openUserScope(userId, { id: scope.workspaceId });
    await expect(service.listenToStep({ scope: operator }, { workflowId, nodeId: "hook" })).rejects.toMatchObject({ kind: "forbidden" });
    await workflows.publish({ scope }, { workflowId, note: "" });
    expect(await service.listenToStep({ scope: operator }, { workflowId, nodeId: "hook" })).toMatchObject({ isDraft: false });
  });
});

describe.skipIf(!hasProgram("redis-server"))("a listener of a draft, against redis-server (needs it)", () => {
  it("takes one message, leaves what comes after it at the other side, and begins no listening of its own", async () => {
    const server = await broker(redisServer);
    const client = new Redis({ port: server.port, maxRetriesPerRequest: null });
    const workflowId = await draftOf({ id: "in", kind: "trigger.redis", config: { host: "127.0.0.1", port: server.port, stream: "orders", from: "beginning" } });
    for (const order of ["1", "2", "3"]) await client.xadd("orders", "*", "order", order);
    const { id } = await listenTo(workflowId, "in");
    listen("redis");
    await expect.poll(async () => (await caughtBy(id)).map(({ bodyText }) => bodyText), PATIENT).toEqual(['{"order":"1"}']);
    await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id } })).leaseOwner, PATIENT).toBeNull();
    expect(await rawDb().trigger.findUniqueOrThrow({ where: { id } })).toMatchObject({ error: null, captureUntil: null });
    expect(((await client.xpending("orders", "millrace")) as unknown[])[0]).toBe(2);
    await listenTo(workflowId, "in");
    await expect.poll(async () => (await caughtBy(id)).map(({ bodyText }) => bodyText), PATIENT).toEqual(['{"order":"2"}', '{"order":"1"}']);
    expect(await runsOf(workflowId)).toBe(0);
    client.disconnect();
  }, SLOW_MS);
});
