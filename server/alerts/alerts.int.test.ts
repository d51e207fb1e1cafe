import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { dispatchFacts, followRuns, watchWorkers } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import { addEnvironments } from "@/server/environments/service";
import * as organizing from "@/server/organizing/service";
import { isVerified } from "@/server/ingress/verify";
import { putSecret } from "@/server/secrets/service";
import { openUserScope } from "@/server/auth/scope";
import { giveCustomRole, grantPart, makeMember, makePerson, makeScope } from "@/server/testing/factories";
import { flushActivity } from "@/server/triggers/activity";
import { createTrigger, dispatchDue, fireSchedules } from "@/server/triggers/service";
import { webhookAuthSchema } from "@/server/triggers/kinds/webhook/spec";
import { collectUsage, judgeQuotas } from "@/server/usage/service";
import * as alerts from "./service";
import { type HookSink, type MailSink, openHookSink, openMailSink } from "./testing/sinks";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let mail: MailSink;
let hook: HookSink;
beforeAll(async () => {
  mail = await openMailSink({ user: "millrace", password: "s3cret" });
  hook = await openHookSink();
});
afterAll(async () => {
  await Promise.all([mail.close(), hook.close()]);
  await closeConnections();
});

async function turn(): Promise<void> {
  while ((await followRuns()) > 0);
  await dispatchFacts();
  await alerts.deliverDue();
}

/** A workspace with a mail server, and channels of each kind. */
async function openScene() {
  const scene = await FactScene.open();
  const { scope } = scene;
  await putSecret({ scope }, { name: "SMTP_PASSWORD", value: "s3cret" });
  await alerts.setMail({ scope }, { host: "127.0.0.1", port: mail.port, security: "none", user: "millrace", passwordSecret: "SMTP_PASSWORD", from: "Millrace <millrace@example.com>" });
  const ops = await alerts.createChannel({ scope }, { name: "Ops", config: { kind: "email", to: ["ops@example.com"] } });
  const slack = await alerts.createChannel({ scope }, { name: "Slack", config: { kind: "slack", url: `${hook.url}/slack/T0/secret-part` } });
  const webhook = await alerts.createChannel({ scope }, { name: "Webhook", config: { kind: "webhook", url: hook.url } });
  return { scene, scope, ops, slack, webhook, channelIds: [ops.id, slack.id, webhook.id] };
}

/** As a receiver checks it. */
function isGenuine({ headers, body }: HookSink["requests"][number], secret: string): boolean {
  const auth = webhookAuthSchema.parse({ type: "standardWebhooks", secret: "KEY" });
  return isVerified(auth, { headers: new Headers(headers as Record<string, string>), body: Buffer.from(body), now: Date.now() / 1_000 }, secret);
}

const rule = (name: string, fields: Partial<Parameters<typeof alerts.createRule>[1]>) => ({ name, enabled: true, scopeType: "workspace" as const, scopeId: null, conditions: [{ type: "runFailed" as const }], channelIds: [], inApp: true, ...fields });

describe("a rule", () => {
  it("tells of a failed run by mail, Slack, signed webhook and in the inbox, once", async () => {
    const { scene, scope, webhook, channelIds } = await openScene();
    await alerts.createRule({ scope }, rule("Failures", { channelIds }));
    const viewer = await makeScope("viewer", scope.workspaceId);
    const orders = await scene.workflow("Orders <b>&co</b>");
    const runId = await scene.ended(orders);
    hook.requests.length = mail.mails.length = 0;
    await turn();
    await turn();
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]).toMatchObject({ subject: "[Test] Orders <b>&co</b> failed", html: false });
    expect(mail.mails[0]!.text).toContain("Do the work: it broke");
    expect(mail.mails[0]!.text).toContain(`/${scope.workspace.slug}/runs/${runId}`);
    expect(hook.requests).toHaveLength(2);
    const toSlack = hook.requests.find(({ headers }) => headers["webhook-id"] === undefined)!;
    expect((JSON.parse(toSlack.body) as { text: string }).text).toContain("*Orders &lt;b&gt;&amp;co&lt;/b&gt; failed*");
    const signed = hook.requests.find(({ headers }) => headers["webhook-id"] !== undefined)!;
    expect(isGenuine(signed, webhook.signingSecret!)).toBe(true);
    expect(JSON.parse(signed.body)).toMatchObject({ type: "millrace.runFailed", data: { run: { id: runId }, workflow: { id: orders.id }, error: { node: { name: "Do the work" } } } });
    expect(await alerts.listInbox({ scope }, { limit: 10, unread: false })).toMatchObject({ items: [{ event: "runFailed", severity: "error", path: `/runs/${runId}`, isRead: false }] });
    expect(await alerts.countUnread({ scope: viewer })).toEqual({ count: 0 });
    const { items } = await alerts.listDeliveries({ scope }, { limit: 10 });
    expect(items.map(({ status, attempts, rule }) => ({ status, attempts, rule }))).toEqual(Array(3).fill({ status: "sent", attempts: 1, rule: "Failures" }));
  });

  it("holds to its folder, workflow or trigger", async () => {
    const { scene, scope } = await openScene();
    const [inside, outside] = [await scene.workflow("Inside"), await scene.workflow("Outside")];
    const parent = await organizing.createFolder({ scope }, { name: "Team", parentId: null });
    const child = await organizing.createFolder({ scope }, { name: "Sub", parentId: parent.id });
    await organizing.moveItems({ scope }, { itemType: "workflow", itemIds: [inside.id], folderId: child.id });
    await alerts.createRule({ scope }, rule("Of the folder", { scopeType: "folder", scopeId: parent.id }));
    await alerts.createRule({ scope }, rule("Of the workflow", { scopeType: "workflow", scopeId: outside.id, conditions: [{ type: "failuresInRow", count: 2 }, { type: "recovered" }] }));
    await scene.ended(inside);
    await turn();
    for (const status of ["failed", "failed", "failed", "succeeded"] as const) {
      await scene.ended(outside, status);
      await turn();
    }
    const { items } = await alerts.listInbox({ scope }, { limit: 10, unread: false });
    expect(items.map(({ title }) => title)).toEqual(["Outside works again", "Outside failed 2 times in a row", "Inside failed"]);
  });

  it("holds to its environment: of runs, and of triggers that start runs there", async () => {
    const { scene, scope } = await openScene();
    const orders = await scene.workflow("Orders");
    const [dev, live] = await addEnvironments({ scope }, { environments: ["dev", "live"].map((slug) => ({ name: slug, slug, color: "gray" as const })) });
    await alerts.createRule({ scope }, rule("Of live", { environmentId: live!.id, conditions: [{ type: "runFailed" }, { type: "scheduleMissed" }] }));
    const elsewhere = await alerts.createRule({ scope }, rule("Of dev", { environmentId: dev!.id, inApp: false, conditions: [{ type: "runFailed" }] }));
    expect(elsewhere.environment).toMatchObject({ slug: "dev" });
    for (const place of [dev!, live!, null]) {
      const id = await scene.ended(orders);
      if (place !== null) await rawDb().run.update({ where: { id }, data: { environmentId: place.id, options: { environment: place.slug } } });
    }
    const schedule = async (name: string, environmentId?: string) => {
      const { id } = await createTrigger({ scope }, { workflowId: orders.id, kind: "schedule", name, config: { timing: { type: "every", seconds: 3_600 }, catchUp: "none" }, settings: {}, nodeId: null, versionNumber: null });
      await sharedPool().query("update trigger set next_fire_at = now() - interval '5 hours', environment_id = $2 where id = $1", [id, environmentId ?? null]);
    };
    await schedule("Of dev", dev!.id);
    await schedule("Of what is live");
    await fireSchedules();
    await turn();
    const told = await rawDb().notification.findMany({ where: { workspaceId: scope.workspaceId }, orderBy: [{ title: "asc" }, { id: "asc" }]});
    expect(told.map(({ title, payload }) => [title, (payload as { environment: { slug: string } }).environment.slug])).toEqual([
      ["Orders failed", "live"], ["The schedule Of what is live of Orders missed 6 slots", "live"],
    ]);
    await expect(alerts.createRule({ scope }, rule("Of all", { environmentId: live!.id, conditions: [{ type: "workerLost" }] }))).rejects.toMatchObject({ kind: "invalid_input", data: { field: "conditions" } });
    await expect(alerts.createRule({ scope }, rule("Foreign", { environmentId: newId() }))).rejects.toMatchObject({ kind: "not_found" });
  });

  it("tells channels of quotas that are nearly and all used up, once a month each", async () => {
    const { scene, scope, webhook, ops } = await openScene();
    const builder = await makeScope("builder", scope.workspaceId);
    await alerts.createRule({ scope }, rule("Quotas", { channelIds: [webhook.id, ops.id], conditions: [{ type: "quotaUsed" }] }));
    const orders = await scene.workflow("Orders");
    const { organizationId, workspaceId } = scope;
    await rawDb().usageQuota.createMany({ data: [{ id: newId(), organizationId, workspaceId, metric: "runs", amount: 5, warnPercent: 80, isHard: true }, { id: newId(), organizationId, metric: "steps", amount: 1_000, isHard: false }] });
    hook.requests.length = mail.mails.length = 0;
    const ended = async (count: number) => {
      for (let n = 0; n < count; n++) await scene.ended(orders, "succeeded");
      while ((await followRuns()) > 0);
      while ((await collectUsage()) > 0);
      for (let n = 0; n < 2; n++) await judgeQuotas();
      await turn();
    };
    await ended(3);
    expect(hook.requests).toHaveLength(0);
    await ended(1);
    await ended(1);
    const said = hook.requests.map(({ body }) => JSON.parse(body) as { type: string; data: { link: string; quota: Record<string, unknown> } });
    expect(said.map(({ type, data: { quota } }) => [type, quota.of, quota.metric, quota.used, quota.amount])).toEqual([
      ["millrace.quotaWarning", "workspace", "runs", 4, 5], ["millrace.quotaReached", "workspace", "runs", 5, 5],
    ]);
    expect(said[0]!.data.link).toContain("/settings/usage");
    expect(mail.mails.filter(({ to }) => JSON.stringify(to).includes("ops@example.com")).map(({ subject }) => subject)).toEqual(["[Test] Runs of the workspace: 80 % of the quota is used", "[Test] Runs of the workspace: the quota is used up"]);
    // Owners hear of it without a rule, and not twice.
    const inbox = async (who: typeof scope) => (await alerts.listInbox({ scope: who }, { limit: 10, unread: false })).items.map(({ event }) => event);
    expect([await inbox(scope), await inbox(builder)]).toEqual([["quotaReached", "quotaWarning"], ["quotaReached", "quotaWarning"]]);
    await rawDb().organizationMember.updateMany({ where: { organizationId, userId: scope.userId! }, data: { role: "owner" } });
    await rawDb().usageQuota.updateMany({ where: { organizationId, metric: "steps" }, data: { amount: 0 } });
    await ended(0);
    expect(hook.requests).toHaveLength(3);
    expect([await inbox(scope), await inbox(builder)].map((events) => events.filter((event) => event === "quotaReached").length)).toEqual([2, 2]);
    expect(JSON.parse(hook.requests[2]!.body)).toMatchObject({ type: "millrace.quotaReached", data: { quota: { of: "organization", metric: "steps", isHard: false } } });
  });

  it("tells of missed slots and of a trigger in trouble, and that it works again, in the scope of that trigger alone", async () => {
    const { scene, scope } = await openScene();
    const orders = await scene.workflow("Orders");
    const schedule = (name: string) => createTrigger({ scope }, { workflowId: orders.id, kind: "schedule", name, config: { timing: { type: "every", seconds: 3_600 }, catchUp: "none" }, settings: {}, nodeId: null, versionNumber: null });
    const [nightly, other] = [await schedule("Nightly"), await schedule("Other")];
    await alerts.createRule({ scope }, rule("Of the trigger", { scopeType: "trigger", scopeId: nightly.id, conditions: [{ type: "scheduleMissed" }, { type: "triggerError" }, { type: "recovered" }] }));
    await sharedPool().query("update trigger set next_fire_at = now() - interval '5 hours' where id = any ($1::uuid[])", [[nightly.id, other.id]]);
    await fireSchedules();
    expect(await rawDb().triggerEvent.count({ where: { triggerId: nightly.id, status: "missed" } })).toBe(6);
    const archived = (archivedAt: Date | null) => rawDb().workflow.update({ where: { id: orders.id }, data: { archivedAt } });
    const dispatched = async () => {
      for (const triggerId of [nightly.id, other.id]) await rawDb().triggerEvent.create({ data: { id: newId(), workspaceId: scope.workspaceId, triggerId, dedupeKey: newId(), runId: newId() } });
      await dispatchDue();
      await flushActivity();
      await turn();
    };
    await archived(new Date());
    await dispatched();
    await dispatched();
    await archived(null);
    await dispatched();
    const { items } = await alerts.listInbox({ scope }, { limit: 50, unread: false });
    expect([...new Set(items.map(({ event }) => event))]).toEqual(["triggerRecovered", "triggerError", "scheduleMissed"]);
    expect(items.filter(({ event }) => event === "triggerError")).toHaveLength(1);
    expect(items.every(({ title }) => title.includes("Nightly"))).toBe(true);
    expect(items.filter(({ event }) => event === "scheduleMissed").map(({ title }) => title)).toEqual(["The schedule Nightly of Orders missed 6 slots"]);
    expect(items.find(({ event }) => event === "scheduleMissed")?.text).toMatch(/^\d{4}-\S+Z to \d{4}-\S+Z: nobody looked/);
  });

  it("tells of lost workers and old queues once each", async () => {
    const { scene, scope } = await openScene();
    await alerts.createRule({ scope }, rule("House", { conditions: [{ type: "workerLost" }, { type: "queueAge", seconds: 60 }, { type: "recovered" }] }));
    const orders = await scene.workflow("Orders");
    const worker = (name: string, more: object) => rawDb().worker.create({ data: { id: newId(), name, hostname: "h", pid: 1, version: "1", pools: ["default"], slots: 1, ...more } });
    await worker("w-1", { heartbeatAt: new Date(Date.now() - 120_000) });
    await worker("w-2", { lostAt: new Date() });
    await worker("w-3", {});
    await worker("w-4", { state: "stopped", stoppedAt: new Date(), heartbeatAt: new Date(Date.now() - 120_000) });
    const runId = newId();
    await rawDb().run.create({ data: { id: runId, workspaceId: scope.workspaceId, workflowId: orders.id, versionId: orders.versionId, input: {}, triggerKind: "manual", rootRunId: runId } });
    await rawDb().runQueue.create({ data: { runId, workspaceId: scope.workspaceId, state: "queued", rank: BigInt(Date.now() - 90_000) } });
    for (let n = 0; n < 2; n++) {
      await Promise.all([watchWorkers(), alerts.watchQueues()]);
      await turn();
    }
    await rawDb().runQueue.delete({ where: { runId } });
    await alerts.watchQueues();
    await turn();
    const { items } = await alerts.listInbox({ scope }, { limit: 10, unread: false });
    expect(items.map(({ event }) => event).sort()).toEqual(["queueOld", "queueRecovered", "workerLost", "workerLost"]);
    expect(items.flatMap(({ title }) => /w-\d/.exec(title) ?? []).sort()).toEqual(["w-1", "w-2"]);
  });

  it.each([
    ["is blocked behind a limit", { state: "blocked", mutexKey: "k", gate: 4 }, true],
    ["is put off by a throttle", { state: "waiting", dueAt: new Date(Date.now() + 3_600_000), waitReason: '{"kind":"throttle","limit":1,"periodSeconds":60}' }, true],
    ["is scheduled for later", { state: "waiting", dueAt: new Date(Date.now() + 3_600_000) }, false],
    ["waits for an answer", { state: "waiting", startedAt: new Date(), waitReason: '{"kind":"throttle","limit":1,"periodSeconds":60}' }, false],
  ])("a run that %s is in the queue for people, or is not", async (_, row, isOld) => {
    const { scene, scope } = await openScene();
    await alerts.createRule({ scope }, rule("House", { conditions: [{ type: "queueAge", seconds: 60 }] }));
    const orders = await scene.workflow("Orders");
    const runId = newId();
    await rawDb().run.create({ data: { id: runId, workspaceId: scope.workspaceId, workflowId: orders.id, versionId: orders.versionId, input: {}, triggerKind: "manual", rootRunId: runId } });
    await rawDb().runQueue.create({ data: { runId, workspaceId: scope.workspaceId, rank: BigInt(Date.now() - 90_000), ...row } });
    await alerts.watchQueues();
    await turn();
    const { items } = await alerts.listInbox({ scope }, { limit: 10, unread: false });
    expect(items.map(({ event }) => event)).toEqual(isOld ? ["queueOld"] : []);
    await rawDb().runQueue.delete({ where: { runId } });
  });

  it("is followed by word of an error workflow that could not start", async () => {
    const { scene, scope } = await openScene();
    await scene.ended(await scene.workflow("Orders", { errorWorkflow: "Nowhere" }));
    await turn();
    const { items } = await alerts.listInbox({ scope }, { limit: 10, unread: false });
    expect(items).toMatchObject([{ severity: "error", title: "Orders ended, but its handler did not start" }]);
    expect(items[0]!.text).toContain("there is no published workflow Nowhere");
  });
});

describe("a delivery", () => {
  it("is cancelled when its channel is switched off, and one that came in that moment is not sent", async () => {
    const { scene, scope, webhook } = await openScene();
    await alerts.createRule({ scope }, rule("Failures", { channelIds: [webhook.id], inApp: false }));
    const orders = await scene.workflow("Orders");
    const statuses = async () => (await alerts.listDeliveries({ scope }, { limit: 10 })).items.map(({ status, error }) => ({ status, error }));
    const off = { status: "cancelled", error: "the channel was switched off" };
    hook.requests.length = 0;
    hook.answers = [503];
    await scene.ended(orders);
    await turn();
    expect(await statuses()).toMatchObject([{ status: "pending" }]);
    await alerts.updateChannel({ scope }, { channelId: webhook.id, enabled: false });
    expect(await statuses()).toEqual([off]);
    const { notificationId } = await rawDb().notificationDelivery.findFirstOrThrow({ where: { channelId: webhook.id } });
    await rawDb().notificationDelivery.create({ data: { id: newId(), workspaceId: scope.workspaceId, notificationId, channelId: webhook.id } });
    await turn();
    expect(await statuses()).toEqual([off, off]);
    expect(hook.requests).toHaveLength(1);
    // Whoever tests it says so themselves.
    expect(await alerts.testChannel({ scope }, { channelId: webhook.id })).toMatchObject({ status: "sent" });
  });

  it("is tried again under its id, given up with its reason, and sent when somebody asks for it", async () => {
    const { scene, scope, webhook } = await openScene();
    await alerts.createRule({ scope }, rule("Failures", { channelIds: [webhook.id] }));
    await scene.ended(await scene.workflow("Orders"));
    hook.requests.length = 0;
    hook.answers = Array<number>(8).fill(503);
    for (let attempt = 1; attempt <= 8; attempt++) {
      await turn();
      await sharedPool().query("update notification_delivery set due_at = now() - interval '1 second' where status = 'pending'");
    }
    const [failed] = (await alerts.listDeliveries({ scope }, { limit: 10 })).items;
    expect(failed).toMatchObject({ status: "failed", attempts: 8, error: "the other side answered 503: hea\uFFFDrd" });
    expect(await alerts.retryDelivery({ scope }, { deliveryId: failed!.id })).toEqual({ status: "sent", error: null });
    expect(new Set(hook.requests.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([failed!.id]));
    expect(hook.requests).toHaveLength(9);
  });

  it("says what is wrong when a channel is tested", async () => {
    const { scope, ops, webhook } = await openScene();
    expect(await alerts.testChannel({ scope }, { channelId: webhook.id })).toEqual({ status: "sent", error: null });
    await putSecret({ scope }, { name: "SMTP_PASSWORD", value: "wrong" });
    expect(await alerts.testChannel({ scope }, { channelId: ops.id })).toMatchObject({ status: "pending", error: expect.stringContaining("wrong password") as string });
    await expect(alerts.createChannel({ scope }, { name: "Inside", config: { kind: "webhook", url: "http://169.254.169.254/latest" } })).rejects.toThrow("config.url");
    // Whatever a name leads to is judged again when something is sent.
    await rawDb().notificationChannel.update({ where: { id: webhook.id }, data: { config: { url: "http://10.0.0.1/" } } });
    expect(await alerts.testChannel({ scope }, { channelId: webhook.id })).toMatchObject({ error: expect.stringContaining("must not be reached") as string });
  });

  it("shows no secret of its channel", async () => {
    const { scope, slack, webhook } = await openScene();
    const shown = JSON.stringify(await alerts.listChannels({ scope }));
    expect(shown).not.toContain("secret-part");
    expect(shown).not.toContain("whsec_");
    expect(slack.to).toEqual([new URL(hook.url).host]);
    // What is not given anew stays.
    await alerts.updateChannel({ scope }, { channelId: slack.id, name: "Slack 2", config: { kind: "slack" } });
    await alerts.updateChannel({ scope }, { channelId: webhook.id, config: { kind: "webhook", url: hook.url } });
    hook.requests.length = 0;
    expect(await alerts.testChannel({ scope }, { channelId: slack.id })).toMatchObject({ status: "sent" });
    expect(await alerts.testChannel({ scope }, { channelId: webhook.id })).toMatchObject({ status: "sent" });
    expect(isGenuine(hook.requests[1]!, webhook.signingSecret!)).toBe(true);
  });
});

describe("people", () => {
  it("with a custom role hear as people of the role that is most like it, those of a folder what happens there", async () => {
    const { scene, scope } = await openScene();
    await alerts.createRule({ scope }, rule("Failures", {}));
    const person = () => makePerson(scope.organizationId);
    const [desk, reader, inFolder] = [await person(), await person(), await person()];
    await giveCustomRole(scope, desk.id, "Desk", ["run:read", "run:start"]);
    await giveCustomRole(scope, reader.id, "Reader", ["run:read"]);
    const { id: folderId } = await organizing.createFolder({ scope }, { name: "Finance", parentId: null });
    await grantPart(scope, inFolder.id, "operator", { folderId });
    const [ours, other] = [await scene.workflow("Ours"), await scene.workflow("Other")];
    await organizing.moveItems({ scope }, { itemType: "workflow", itemIds: [ours.id], folderId });
    const unread = async ({ id }: { id: string }) => (await alerts.countUnread({ scope: (await openUserScope(id, { id: scope.workspaceId })).for("run:read") })).count;
    await scene.ended(other);
    await turn();
    expect([await unread(desk), await unread(reader), await unread(inFolder)]).toEqual([1, 0, 0]);
    await scene.ended(ours);
    await turn();
    expect([await unread(desk), await unread(reader), await unread(inFolder)]).toEqual([2, 0, 1]);
    const inside = (await openUserScope(inFolder.id, { id: scope.workspaceId })).for("run:read");
    expect(await alerts.getPreferences({ scope: inside })).toMatchObject({ effective: { alerts: { inApp: true, email: false } } });
    await alerts.setPreference({ scope: inside }, { category: "alerts", inApp: false });
    await scene.ended(ours);
    await turn();
    expect([await unread(desk), await unread(inFolder)]).toEqual([3, 1]);
  });

  it("hear of no run by a rule where they may read none, whatever they are like and wish", async () => {
    const { scene, scope } = await openScene();
    const [blind, sees] = [await makePerson(scope.organizationId), await makePerson(scope.organizationId)];
    await giveCustomRole(scope, blind.id, "Writer", ["workflow:write"]);
    await giveCustomRole(scope, sees.id, "Reader", ["workflow:write", "run:read"]);
    for (const { id: userId } of [blind, sees]) await rawDb().notificationPreference.create({ data: { workspaceId: scope.workspaceId, userId, category: "alerts", inApp: true, email: true } });
    await alerts.createRule({ scope }, rule("Failures", {}));
    mail.mails.length = 0;
    await scene.ended(await scene.workflow("Orders"));
    await turn();
    expect(mail.mails.map(({ to }) => (to as { text: string }).text)).toEqual([sees.email]);
    expect(await rawDb().inboxItem.findMany({ where: { userId: { in: [blind.id, sees.id] } }, select: { userId: true }, orderBy: { userId: "asc" } })).toEqual([{ userId: sees.id }]);
  });

  it("hear as their role has it or as they say themselves, and read their own inbox alone", async () => {
    const { scene, scope } = await openScene();
    const [viewer, operator] = [await makeScope("viewer", scope.workspaceId), await makeScope("operator", scope.workspaceId)];
    await makeMember(scope.workspaceId, "builder");
    await alerts.createRule({ scope }, rule("Failures", {}));
    await alerts.setPreference({ scope: viewer }, { category: "alerts", inApp: true, email: true });
    await alerts.setPreference({ scope: operator }, { category: "alerts", inApp: false });
    mail.mails.length = 0;
    await scene.ended(await scene.workflow("Orders"));
    await turn();
    expect(await alerts.countUnread({ scope })).toEqual({ count: 1 });
    expect(await alerts.countUnread({ scope: viewer })).toEqual({ count: 1 });
    expect(await alerts.countUnread({ scope: operator })).toEqual({ count: 0 });
    expect(mail.mails.map(({ to }) => (to as { text: string }).text)).toEqual([viewer.actor.type === "user" ? (await rawDb().user.findUniqueOrThrow({ where: { id: viewer.userId! } })).email : ""]);
    await alerts.markRead({ scope: viewer }, { read: true });
    expect(await alerts.countUnread({ scope: viewer })).toEqual({ count: 0 });
    expect(await alerts.countUnread({ scope })).toEqual({ count: 1 });
    expect(await alerts.getPreferences({ scope: viewer })).toMatchObject({ own: { alerts: { inApp: true, email: true } }, effective: { alerts: { inApp: true, email: true } }, mailIsSetUp: true });
  });
});
