import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPlatformScope, type PlatformScope } from "@/server/auth/platform";
import { createSession, findSession } from "@/server/auth/session";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { deleteAccount } from "@/server/auth/account/deletion";
import { listPlatformAuditEvents } from "@/server/audit-log/service";
import { tick } from "@/server/scheduler/tick";
import { makePerson, makeScope } from "@/server/testing/factories";
import { createTrigger } from "@/server/triggers/service";
import { createWorkflow, publish } from "@/server/workflows/service";
import { WorkerRow } from "@/server/worker/worker-row";
import * as announcements from "@/server/announcements/service";
import { saveAnnouncementInput } from "@/server/announcements/contract";
import * as admin from "./service";

const origin = { ip: "test", userAgent: null, requestId: null };
let platform: PlatformScope;

async function openAdmin(userId: string): Promise<PlatformScope> {
  return openPlatformScope((await findSession(await createSession(userId)))!, origin);
}

beforeAll(async () => {
  const { userId } = await makeScope("owner");
  await rawDb().platformAdmin.create({ data: { userId: userId! } });
  platform = await openAdmin(userId!);
});
afterAll(closeConnections);

const actions = async () => (await listPlatformAuditEvents({ limit: 50 })).items.map(({ action }) => action);

describe("the administration", () => {
  it("knows its health, and that the scheduler has had a turn", async () => {
    const before = await admin.viewOverview();
    expect(before.checks.find(({ name }) => name === "Scheduler")).toMatchObject({ status: "warning" });
    await tick();
    const { checks, counts } = await admin.viewOverview();
    expect(checks.filter(({ says }) => says === "could not be checked")).toEqual([]);
    expect(checks.find(({ name }) => name === "Scheduler")).toMatchObject({ status: "ok" });
    expect(checks.find(({ name }) => name === "Workers")).toMatchObject({ status: "danger", says: "none is alive" });
    expect(counts.organizations).toBeGreaterThan(0);
  });

  it("tells of events that pile up, and of listeners that have an error or that nobody holds", async () => {
    const scope = await makeScope("owner");
    const { id: workflowId } = await createWorkflow({ scope }, { name: "Listens", description: "", definition: { schema: 1, nodes: [{ id: "say", kind: "log", config: { level: "info", message: "x" } }], edges: [] } });
    await publish({ scope }, { workflowId, note: "" });
    const check = async (name: string) => (await admin.viewOverview()).checks.find((one) => one.name === name);
    expect([await check("Listeners"), await check("Event inbox")]).toMatchObject([{ status: "ok", says: "all listen" }, { status: "ok", says: "is empty" }]);
    const { id: triggerId } = await createTrigger({ scope }, { workflowId, kind: "websocket", name: "Feed", config: { url: "wss://feed.example.com" }, settings: {}, nodeId: null, versionNumber: null });
    const problems = async () => (await admin.viewEvents()).listeners.map(({ kind, problem }) => [kind, problem]);
    expect(await problems()).toEqual([]);
    await sharedPool().query("update trigger set lease_owner = gen_random_uuid(), lease_until = now() - interval '2 minutes' where id = $1", [triggerId]);
    // Since its pause, or that of its workspace, has ended nobody has had the time to take it.
    const since = (ofTrigger: string, ofWorkspace: string) => sharedPool().query("with t as (update trigger set updated_at = now() - $2::interval where id = $1 returning workspace_id) update workspace w set updated_at = now() - $3::interval from t where w.id = t.workspace_id", [triggerId, ofTrigger, ofWorkspace]);
    for (const [ofTrigger, ofWorkspace] of [["1 second", "1 hour"], ["1 hour", "1 second"]] as const) {
      await since(ofTrigger, ofWorkspace);
      expect([await check("Listeners"), await problems()]).toMatchObject([{ status: "ok" }, []]);
    }
    await since("1 hour", "1 hour");
    expect([await check("Listeners"), await problems()]).toMatchObject([{ status: "danger", says: "1 is held by no process" }, [["websocket", "unattended"]]]);
    await rawDb().trigger.update({ where: { id: triggerId }, data: { mode: "disabled" } });
    expect(await problems()).toEqual([]);
    await rawDb().trigger.update({ where: { id: triggerId }, data: { mode: "enabled", error: { code: "refused", message: "no" } } });
    expect([await check("Listeners"), await problems()]).toMatchObject([{ status: "warning", says: "1 has an error" }, [["websocket", "failing"]]]);
    await rawDb().trigger.update({ where: { id: triggerId }, data: { mode: "disabled" } });
    await rawDb().triggerEvent.create({ data: { id: newId(), workspaceId: scope.workspaceId, triggerId, dedupeKey: newId(), runId: newId(), dueAt: new Date(Date.now() - 300_000) } });
    expect(await check("Event inbox")).toMatchObject({ status: "warning", says: expect.stringMatching(/^holds 1 that are due, the oldest for 30\d s$/) as string });
    await rawDb().triggerEvent.deleteMany({ where: { triggerId } });
  });

  it("lists organizations in pages, each once, also those of one name", async () => {
    const mark = newId().slice(-8);
    for (let at = 0; at < 5; at += 1) await rawDb().organization.create({ data: { id: newId(), name: `Guild ${mark} ${at % 2}`, slug: `guild-${mark}-${at}` } });
    const all = async (cursor?: string): Promise<string[]> => {
      const page = await admin.listOrganizations({ search: mark, limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      const names = page.items.map(({ name, slug }) => `${name} ${slug}`);
      return page.nextCursor === null ? names : [...names, ...(await all(page.nextCursor))];
    };
    const names = await all();
    expect(names.map((name) => name.split(" ")[2])).toEqual(["0", "0", "0", "1", "1"]);
    expect(new Set(names).size).toBe(5);
  });

  it("lists organizations, usage, queue, events and tables", async () => {
    const scope = await makeScope("owner");
    await rawDb().usageMonth.create({ data: { workspaceId: scope.workspaceId, month: new Date(`${new Date().toISOString().slice(0, 7)}-01`), runs: 7n, cost: 1.5 } });
    const { slug } = await rawDb().organization.findUniqueOrThrow({ where: { id: scope.organizationId } });
    expect((await admin.listOrganizations({ search: slug.toUpperCase(), limit: 50 })).items).toMatchObject([{ slug, people: 1, workspaces: 1, quotas: 0, stopped: false, usage: { runs: 7, llmCost: 1.5 } }]);
    expect((await admin.listUsage({ month: new Date().toISOString().slice(0, 7), organizationId: scope.organizationId })).items).toMatchObject([{ workspaceId: scope.workspaceId, runs: 7 }]);
    await admin.setQuota({ platform }, { organizationId: scope.organizationId, metric: "runs", amount: 5, warnPercent: 80, isHard: true });
    expect(await admin.listQuotas({ organizationId: scope.organizationId })).toMatchObject([{ metric: "runs", amount: 5, used: 7, of: "organization" }]);
    expect(await rawDb().workspace.findFirst({ where: { id: scope.workspaceId } })).toMatchObject({ quotaReached: "Runs of this organization this month (5)" });
    await expect(admin.setQuota({ platform }, { organizationId: newId(), metric: "runs", amount: 5, warnPercent: 80, isHard: true })).rejects.toThrow(/organization/);
    expect(await admin.viewEvents()).toMatchObject({ schedules: { active: 0, late: [] }, inbox: [], listeners: [] });
    const { tables, bytes } = await admin.viewDatabase();
    expect([tables.length > 10, bytes > 0]).toEqual([true, true]);
    expect(await actions()).toContain("quota.changed");
  });

  it("drains a worker, which hears of it with its next heartbeat, takes nothing new, and ends unless that is taken back", async () => {
    const id = newId();
    const heard: string[] = [];
    const drain = (seconds: number) => ({ seconds, pause: () => heard.push("pause"), resume: () => heard.push("resume"), end: () => heard.push("end") });
    const stats = () => ({ busySlots: 0, heldRuns: 0 }) as ReturnType<ConstructorParameters<typeof WorkerRow>[1]>;
    const rowOf = (seconds: number) => new WorkerRow({ id, name: "w", version: "1", pools: ["default"], slots: 4, capacity: { cpu: 1, memoryMb: 1 } }, stats, (error) => expect(error).toBeUndefined(), { drain: drain(seconds) });
    const row = rowOf(3_600);
    await row.set("active");
    expect((await admin.viewWorkers()).pools).toMatchObject([{ name: "default", workers: 1, slots: 4 }]);
    await expect(admin.keepWorker({ platform }, { workerId: id })).rejects.toThrow(/worker/);
    await admin.drainWorker({ platform }, { workerId: id });
    expect((await admin.viewWorkers()).workers).toMatchObject([{ id, status: "draining", mayKeep: true }]);
    expect(heard).toEqual([]);
    await row.set("active");
    await row.set("active");
    expect(heard).toEqual(["pause"]);
    await admin.keepWorker({ platform }, { workerId: id });
    await row.set("active");
    expect(heard).toEqual(["pause", "resume"]);
    expect((await admin.viewWorkers()).workers).toMatchObject([{ id, status: "alive", mayKeep: false }]);
    expect(await actions()).toContain("worker.kept");
    await row.set("stopped");

    // The same worker, whose time to take it back is over at once.
    const hasty = rowOf(0);
    await hasty.set("active");
    await admin.drainWorker({ platform }, { workerId: id });
    await hasty.set("active");
    await hasty.set("active");
    await expect.poll(() => heard).toContain("end");
    expect((await admin.viewWorkers()).workers).toMatchObject([{ id, status: "draining", mayKeep: false }]);
    await expect(admin.keepWorker({ platform }, { workerId: id })).rejects.toThrow(/worker/);
    await hasty.set("stopped");
    await expect(admin.drainWorker({ platform }, { workerId: id })).rejects.toThrow(/worker/);
  });
});

describe("platform administrators", () => {
  it("attack: an administrator's session without a second factor opens nothing once the installation asks for one", async () => {
    const { id: userId } = await makePerson((await makeScope()).organizationId);
    await rawDb().platformAdmin.create({ data: { userId } });
    const [plain, shown] = await Promise.all([false, true].map(async (secondFactor) => (await findSession(await createSession(userId, origin, { method: "passkey", secondFactor })))!));
    const opened = await openPlatformScope(plain!, origin);
    expect(await admin.viewRules({ platform: opened, session: plain! })).toMatchObject({ secondFactorRequired: false, hasShownFactor: false });
    await expect(admin.setRules({ platform: opened, session: plain! }, { secondFactorRequired: true })).rejects.toMatchObject({ kind: "invalid_input" });
    try {
      await admin.setRules({ platform: opened, session: shown! }, { secondFactorRequired: true });
      await expect(openPlatformScope(plain!, origin)).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("second factor") as string });
      const again = await openPlatformScope(shown!, origin);
      expect((await admin.viewRules({ platform: again, session: shown! })).withoutFactor).toBeGreaterThan(0);
    } finally {
      await admin.setRules({ platform: opened, session: shown! }, { secondFactorRequired: false });
    }
    expect(await openPlatformScope(plain!, origin)).toMatchObject({ userId });
    expect((await actions()).filter((action) => action === "platform_admin.rule_changed")).toHaveLength(2);
    await rawDb().platformAdmin.delete({ where: { userId } });
  });

  it("are made and unmade, but for the last one", async () => {
    await expect(admin.revokeAdministrator({ platform }, { userId: platform.userId })).rejects.toMatchObject({ kind: "last_administrator" });
    // In whatever way they would go.
    await expect(rawDb().user.update({ where: { id: platform.userId }, data: { disabledAt: new Date() } })).rejects.toThrow(/at least one administrator/);
    await expect(rawDb().platformAdmin.deleteMany({})).rejects.toThrow(/at least one administrator/);
    const { id, email } = await makePerson((await makeScope()).organizationId);
    await admin.grantAdministrator({ platform }, { email: email.toUpperCase() });
    const second = await openAdmin(id);
    await admin.revokeAdministrator({ platform: second }, { userId: platform.userId });
    await expect(deleteAccount((await findSession(await createSession(id)))!, origin)).rejects.toMatchObject({ kind: "last_administrator" });
    await rawDb().platformAdmin.create({ data: { userId: platform.userId } });
    const both = await Promise.allSettled([admin.revokeAdministrator({ platform }, { userId: id }), admin.revokeAdministrator({ platform: second }, { userId: platform.userId })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [left] = await admin.listAdministrators();
    expect(await admin.listAdministrators()).toHaveLength(1);
    await rawDb().platformAdmin.createMany({ data: [{ userId: platform.userId }], skipDuplicates: true });
    if (left!.userId !== platform.userId) await admin.revokeAdministrator({ platform }, { userId: left!.userId });
    await expect(admin.grantAdministrator({ platform }, { email: "nobody@example.com" })).rejects.toThrow(/account/);
    await expect(openAdmin(id)).rejects.toThrow(/platform/);
  });

  it("disable somebody, whose sessions end at once", async () => {
    const { id, email } = await makePerson((await makeScope()).organizationId);
    const token = await createSession(id);
    expect((await admin.findUsers({ search: email.slice(0, -5) })).items).toMatchObject([{ id, sessions: 1, isDisabled: false }]);
    await admin.setUserDisabled({ platform }, { userId: id, disabled: true });
    expect(await findSession(token)).toBeNull();
    await admin.setUserDisabled({ platform }, { userId: id, disabled: false });
    expect(await findSession(token)).toBeNull();
    const again = await createSession(id);
    expect(await admin.endSessions({ platform }, { userId: id })).toEqual({ ended: 1 });
    expect(await findSession(again)).toBeNull();
    await expect(admin.setUserDisabled({ platform }, { userId: platform.userId, disabled: true })).rejects.toThrow(/is you/);
    expect(await actions()).toEqual(expect.arrayContaining(["user.disabled", "user.enabled", "user.sessions_ended"]));
  });
});

describe("announcements", () => {
  const save = (input: Parameters<typeof saveAnnouncementInput.parse>[0]) => announcements.saveAnnouncement({ platform }, saveAnnouncementInput.parse(input));
  const textsFor = async (userId: string, now?: Date) => (await announcements.bannersFor(userId, now)).map(({ text }) => text);

  it("reach whom they are for, from then until then, until each puts them away", async () => {
    const { organizationId } = await makeScope();
    const member = await makePerson(organizationId);
    const owner = await makePerson(organizationId, "owner");
    const stranger = await makePerson((await makeScope()).organizationId);
    const [soon, late] = [new Date(Date.now() + 3_600_000), new Date(Date.now() + 7_200_000)];
    await save({ text: "For all" });
    await save({ text: "For admins", audience: "administrators", level: "danger" });
    await save({ text: "For some", audience: "organization", organizationId, level: "warning" });
    await save({ text: "Later", startsAt: soon.toISOString(), endsAt: late.toISOString() });
    expect(await textsFor(member.id)).toEqual(["For some", "For all"]);
    expect(await textsFor(owner.id)).toEqual(["For admins", "For some", "For all"]);
    expect(await textsFor(stranger.id)).toEqual(["For all"]);
    expect(await textsFor(stranger.id, soon)).toEqual(["Later", "For all"]);
    expect(await textsFor(stranger.id, late)).toEqual(["For all"]);
    const hidden = (await announcements.bannersFor(member.id))[0]!.id;
    await announcements.dismissBanner(member.id, hidden);
    expect(await textsFor(member.id)).toEqual(["For all"]);
    await expect(announcements.dismissBanner(stranger.id, hidden)).rejects.toThrow(/announcement/);
    await save({ id: hidden, text: "For some, changed", audience: "organization", organizationId });
    expect(await textsFor(member.id)).toContain("For some, changed");
    expect(() => saveAnnouncementInput.parse({ text: "x", endsAt: new Date(0).toISOString() })).toThrow(/not be over|not over/);
    for (const { id } of await announcements.listAnnouncements()) await announcements.removeAnnouncement({ platform }, { announcementId: id });
  });
});
