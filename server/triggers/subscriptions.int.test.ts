import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handleHook } from "@/server/ingress/handle-hook";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { putSecret } from "@/server/secrets/service";
import { archiveWorkflow } from "@/server/workflows/service";
import { GithubServer } from "./kinds/github/testing/github-server";
import * as service from "./service";
import { keepSubscriptions } from "./subscriptions";
import { TriggerScene } from "./testing/scene";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const [SHOP, OFFICE, ACME] = ["repos/acme/shop", "repos/acme/office", "orgs/acme"] as const;
let scene: TriggerScene;
let github: GithubServer;

beforeAll(async () => {
  scene = await TriggerScene.open([]);
  await putSecret({ scope: scene.scope }, { name: "GITHUB_TOKEN", value: "t0ken" });
});
beforeEach(async () => {
  github = await GithubServer.start("t0ken", [SHOP, OFFICE, ACME]);
});
afterEach(async () => {
  await sharedPool().query("delete from trigger");
  await sharedPool().query("delete from trigger_subscription");
  await github.stop();
});
afterAll(closeConnections);

const keep = () => keepSubscriptions(new AbortController().signal);
const repository = (name: string, more: Record<string, unknown> = {}) => ({ target: { type: "repository", owner: "acme", repository: name }, events: ["push"], secret: "GITHUB_TOKEN", baseUrl: github.url, ...more });
const make = (config: Record<string, unknown>) => service.createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "github", name: "Pushes", config, settings: {}, nodeId: null, versionNumber: null });
const rowOf = (id: string) => rawDb().trigger.findUniqueOrThrow({ where: { id } });
const at = (place: string) => github.hooks.get(place)!;
/** As if its time had come. */
const hurry = () => sharedPool().query("update trigger_subscription set due_at = now() - interval '1 second', lease_until = case when lease_until is null then null else now() end");

describe("a hook at GitHub", () => {
  it("is made, changed, moved and taken away with its trigger", async () => {
    const { scope } = scene;
    const { id: triggerId, url } = await make(repository("shop"));
    await keep();
    expect(at(SHOP)).toMatchObject([{ active: true, events: ["push"], config: { url, content_type: "json", insecure_ssl: "0" } }]);
    expect(at(SHOP)[0]!.config.secret).toMatch(/^[\w-]{43}$/);
    expect(await rowOf(triggerId)).toMatchObject({ error: null, health: { state: "subscribed", hookId: at(SHOP)[0]!.id } });
    const { id } = at(SHOP)[0]!;
    await service.updateTrigger({ scope }, { triggerId, config: repository("shop", { events: ["push", "issues"] }) });
    await keep();
    expect(at(SHOP)).toMatchObject([{ id, events: ["push", "issues"] }]);
    const { url: second } = await service.rotateToken({ scope }, { triggerId });
    await keep();
    expect(at(SHOP).map(({ config }) => config.url)).toEqual([second]);
    await service.updateTrigger({ scope }, { triggerId, config: { ...repository("shop"), target: { type: "organization", organization: "acme" } } });
    await keep();
    expect([at(SHOP).length, at(ACME).length]).toEqual([0, 1]);
    await service.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    await keep();
    expect([at(ACME).length, (await rowOf(triggerId)).health]).toMatchObject([0, { state: "unsubscribed" }]);
    await service.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
    await keep();
    expect(at(ACME)).toHaveLength(1);
    await service.deleteTrigger({ scope }, { triggerId });
    await keep();
    expect([at(ACME).length, await rawDb().triggerSubscription.count()]).toEqual([0, 0]);
    // Nothing has changed: nobody is asked.
    const calls = github.calls.length;
    await keep();
    expect(github.calls).toHaveLength(calls);
  });

  it("is found again by its address instead of doubled, also on a later page", async () => {
    const { url } = await make(repository("shop"));
    const hook = (address: string, n: number) => ({ id: 1_000 + n, name: "web", active: false, events: ["x"], config: { url: address, content_type: "form", insecure_ssl: "1" } });
    at(SHOP).push(...Array.from({ length: 120 }, (_, n) => hook(`https://other.example/${n}`, n)), hook(url!, 500), hook(url!, 501));
    await keep();
    const ours = at(SHOP).filter(({ config }) => config.url === url);
    expect(ours).toMatchObject([{ id: 1_500, active: true, events: ["push"], config: { content_type: "json" } }]);
    expect(at(SHOP)).toHaveLength(121);
  });

  it("shows why it could not be made, waits as long as it is asked to, and mends what somebody removed", async () => {
    const { id: triggerId } = await make(repository("nowhere"));
    await keep();
    expect(await rowOf(triggerId)).toMatchObject({ error: { code: "subscription_failed", message: expect.stringContaining("acme/nowhere") as string }, health: { state: "failing" } });
    const calls = github.calls.length;
    await keep();
    expect(github.calls).toHaveLength(calls);
    github.failures.push({ status: 403, headers: { "retry-after": "90" }, body: { message: "You have exceeded a secondary rate limit" } });
    await service.updateTrigger({ scope: scene.scope }, { triggerId, config: repository("shop") });
    await keep();
    expect((await rowOf(triggerId)).error).toMatchObject({ message: expect.stringContaining("secondary rate limit") as string });
    const { dueAt } = await rawDb().triggerSubscription.findUniqueOrThrow({ where: { id: triggerId } });
    expect(dueAt!.getTime() - Date.now()).toBeGreaterThan(60_000);
    await hurry();
    await keep();
    expect([at(SHOP).length, (await rowOf(triggerId)).error]).toEqual([1, null]);
    const facts = await rawDb().platformFact.findMany({ where: { subjectId: triggerId }, orderBy: { seq: "asc" } });
    expect(facts.map(({ kind }) => kind)).toEqual(["trigger.error", "trigger.recovered"]);
    at(SHOP).splice(0);
    await hurry();
    await keep();
    expect(at(SHOP)).toHaveLength(1);
    github.failures.push({ status: 502, body: { message: "Server Error" } });
    await service.deleteTrigger({ scope: scene.scope }, { triggerId });
    await keep();
    expect([at(SHOP).length, await rawDb().triggerSubscription.count()]).toEqual([1, 1]);
    await hurry();
    await keep();
    expect([at(SHOP).length, await rawDb().triggerSubscription.count()]).toEqual([0, 0]);
  });

  it("that cannot be opened keeps no other waiting, and says so", async () => {
    const [bad, good] = [await make(repository("shop")), await make(repository("office"))];
    await sharedPool().query("insert into trigger_subscription (id, workspace_id, kind, name, sealed, data_key_id) select $1, workspace_id, 'github', 'Bad', '\\x00', id from data_key where workspace_id = $2 limit 1", [bad.id, scene.scope.workspaceId]);
    await keep();
    expect(await rowOf(bad.id)).toMatchObject({ error: { code: "subscription_failed", message: expect.stringContaining("cannot be opened") as string } });
    expect(await rowOf(good.id)).toMatchObject({ error: null, health: { state: "subscribed" } });
  });

  it("goes with its workflow's archive", async () => {
    const own = await TriggerScene.open([]);
    await putSecret({ scope: own.scope }, { name: "GITHUB_TOKEN", value: "t0ken" });
    await service.createTrigger({ scope: own.scope }, { workflowId: own.workflowId, kind: "github", name: "Pushes", config: repository("office"), settings: {}, nodeId: null, versionNumber: null });
    await keep();
    expect(at(OFFICE)).toHaveLength(1);
    await archiveWorkflow({ scope: own.scope }, { workflowId: own.workflowId });
    await keep();
    expect(at(OFFICE)).toHaveLength(0);
  });

  it("sends signed deliveries, each of which is one event", async () => {
    const { id: triggerId } = await make(repository("shop"));
    await keep();
    const [hook] = at(SHOP);
    const deliver = (request: Request) => handleHook(request, hook!.config.url.split("/").at(-1)!);
    expect((await deliver(github.delivery(hook!, "ping", "d0", { zen: "Design for failure." }))).status).toBe(200);
    const answers = [await deliver(github.delivery(hook!, "push", "d1", { ref: "main" })), await deliver(github.delivery(hook!, "push", "d1", { ref: "main" })), await deliver(github.delivery(hook!, "issues", "d2", {}))];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 200]);
    const forged = { ...hook!, config: { ...hook!.config, secret: "guessed" } };
    expect((await deliver(github.delivery(forged, "push", "d3", {}))).status).toBe(401);
    expect(await scene.events(triggerId)).toMatchObject([{ dedupeKey: "delivery d1", meta: { event: "push", delivery: "d1" } }]);
    expect((await rowOf(triggerId)).health).toMatchObject({ state: "subscribed", pingedAt: expect.any(String) as string });
    const { sealed } = await rawDb().triggerSubscription.findUniqueOrThrow({ where: { id: triggerId } });
    expect(Buffer.from(sealed).includes(hook!.config.secret!)).toBe(false);
  });
});
