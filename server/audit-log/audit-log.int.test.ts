import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import { recordAudit } from "@/server/audit/service";
import { ADMINISTRATION_MINUTES } from "@/server/auth/constants";
import type { Scope } from "@/server/auth/scope";
import { createSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections, rawDb } from "@/server/db/client";
import { openOrganizationScope } from "@/server/auth/organization-scope";
import { createGroup } from "@/server/organizations/service";
import { makePerson, makeScope } from "@/server/testing/factories";
import { newId } from "@/server/db/id";
import { startRun } from "@/server/runs/service";
import { callerOf } from "@/server/trpc/testing/walk";
import { createWorkflow } from "@/server/workflows/service";
import { exportAuditResponse, listAuditEvents, listOrganizationAuditEvents } from "./service";

afterAll(closeConnections);

/** In portions, so that no transaction outlives its time on a slow machine. */
async function record(count: number, from: Scope) {
  for (let first = 1; first <= count; first += 100) {
    await from.db.transaction(async (tx) => {
      for (let n = first; n <= Math.min(count, first + 99); n++) {
        await recordAudit(tx, from, { action: "thing.done", resource: { type: "thing", id: `t${n}`, name: "\u00dcn\u00efcode\u2028" }, before: { n }, after: { z: 1, a: [n, null] } });
      }
    });
  }
}

describe("entries of the audit log", () => {
  it("are found by what they are about, who did it, where from and when", async () => {
    const found = await makeScope();
    await record(2, found);
    await found.db.transaction((tx) => recordAudit(tx, { organizationId: found.organizationId, workspaceId: found.workspaceId, actor: { type: "token", id: "t9", name: "Ci 100%" }, origin: { ip: "192.0.2.7", userAgent: "curl", requestId: "r1" } }, { action: "thing2.done" }));
    const count = async (filter: object) => (await listAuditEvents({ scope: found }, { limit: 50, ...filter })).items.length;
    expect(await count({ action: "thing" })).toBe(2);
    expect(await count({ action: "thing.done", resourceId: "t1", resourceType: "thing" })).toBe(1);
    expect(await count({ action: "thing.do" })).toBe(0);
    expect(await count({ actor: "test ADMIN" })).toBe(2);
    expect(await count({ actor: "100%" })).toBe(1);
    expect(await count({ actorId: "t9", ip: "192.0.2.7" })).toBe(1);
    expect(await count({ resource: "N\u00efcode" })).toBe(2);
    expect(await count({ from: new Date(Date.now() + 60_000).toISOString() })).toBe(0);
    expect([await count({ requestId: "r1" }), await count({ requestId: "r" })]).toEqual([1, 0]);
    expect(await count({ to: new Date(Date.now() + 60_000).toISOString() })).toBe(3);
  });

  it("name what they are about, by what a run is of where they record its id alone", async () => {
    const found = await makeScope();
    const { id: workflowId } = await createWorkflow({ scope: found }, { name: "Named in the log", description: "", definition: { schema: 1, nodes: [{ id: "ask", kind: "wait.signal", config: { signal: "go" } }], edges: [] } });
    const { runId } = await startRun({ scope: found }, { workflowId, mode: "test", input: {} });
    const [gone, waitId] = [newId(), newId()];
    await rawDb().wait.create({ data: { id: waitId, workspaceId: found.workspaceId, runId, path: "ask", nodeId: "ask", attempt: 1, kind: "signal" } });
    await found.db.transaction(async (tx) => {
      await recordAudit(tx, found, { action: "run.kept", resource: { type: "run", id: gone } });
      for (const type of ["wait", "workflow", "workspace", "notification_delivery"]) await recordAudit(tx, found, { action: "thing.gone", resource: { type, id: gone } });
      await recordAudit(tx, found, { action: "wait.resumed", resource: { type: "wait", id: waitId } });
      await recordAudit(tx, found, { action: "trigger.settings_changed", resource: { type: "workspace", id: found.workspaceId } });
    });
    const named = async (action: string) => (await listAuditEvents({ scope: found }, { limit: 50, action })).items.map(({ resource }) => resource);
    expect(await named("run.started")).toEqual([{ type: "run", id: runId, name: "Named in the log" }]);
    expect(await named("run.kept")).toEqual([{ type: "run", id: gone, name: null }]);
    expect((await named("thing.gone")).map((one) => one?.name)).toEqual([null, null, null, null]);
    expect(await named("wait.resumed")).toEqual([{ type: "wait", id: waitId, name: "Named in the log: ask" }]);
    expect(await named("trigger.settings_changed")).toEqual([{ type: "workspace", id: found.workspaceId, name: found.workspace.name }]);
    // Whose runs they are not, hears no names of them.
    const other = await makeScope();
    await other.db.transaction((tx) => recordAudit(tx, other, { action: "run.kept", resource: { type: "run", id: runId } }));
    expect((await listAuditEvents({ scope: other }, { limit: 50, action: "run.kept" })).items).toMatchObject([{ resource: { id: runId, name: null } }]);
  });

  it("tell what was denied to whom, once an hour for each permission", async () => {
    const viewer = await makeScope("viewer");
    const call = await callerOf(viewer.userId!, viewer.workspace.slug);
    for (let n = 0; n < 3; n++) expect(await call("secrets.list", undefined)).toBe("FORBIDDEN");
    expect(await call("organizations.rename", 7)).toBe("FORBIDDEN");
    const { items } = await listAuditEvents({ scope: viewer }, { limit: 50, action: "access.denied" });
    expect(items.length).toBeGreaterThanOrEqual(1);
    expect(items.length).toBeLessThanOrEqual(2);
    expect(items[0]).toMatchObject({ actor: { type: "user", id: viewer.userId }, resource: { type: "permission", id: "secret:list" } });
  });

  it("are exported whole, as CSV and as JSON lines, to those who may read them", async () => {
    const found = await makeScope();
    await record(1_203, found);
    const ask = async (query: string, by: Scope = found) =>
      exportAuditResponse(new Request(`http://localhost/api/export/audit?workspace=${found.workspace.slug}&${query}`, { headers: { cookie: `${sessionCookieName()}=${await createSession(by.userId!)}` } }));
    const rows = parse(await (await ask("format=csv")).text(), { columns: true }) as Record<string, string>[];
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1_204);
    expect(rows[0]).toMatchObject({ action: "audit.exported", actor_id: found.userId, after: '{"format":"csv"}' });
    expect(rows[1]).toMatchObject({ action: "thing.done", actor_name: "Test admin", after: '{"z":1,"a":[1203,null]}' });
    const lines = (await (await ask("format=jsonl&resourceId=t7")).text()).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { before: unknown }).before)).toEqual([{ n: 7 }]);
    await expect(ask("format=xml")).rejects.toMatchObject({ kind: "invalid_input", data: { field: "format" } });
    await expect(ask("", await makeScope())).rejects.toMatchObject({ kind: "not_found" });
  });

  it("of the organization are read and exported by its owners and admins, and by nobody else", async () => {
    const found = await makeScope();
    const boss = await makePerson(found.organizationId, "admin");
    const organization = await openOrganizationScope(boss.id, { id: found.organizationId });
    await record(1, found);
    const { id: groupId } = await createGroup({ organization }, { name: "Night shift", description: "" });
    const { items } = await listOrganizationAuditEvents({ organization }, { limit: 50 });
    expect(items).toMatchObject([{ action: "group.created", resource: { id: groupId } }]);
    const ask = async (userId: string) =>
      exportAuditResponse(new Request(`http://localhost/api/export/audit?workspace=${found.workspace.slug}&of=organization&format=jsonl`, { headers: { cookie: `${sessionCookieName()}=${await createSession(userId)}` } }));
    expect((await (await ask(boss.id)).text()).trimEnd().split("\n").map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(["audit.exported", "session.started", "group.created"]);
    await expect(ask(found.userId!)).rejects.toMatchObject({ kind: "forbidden" });
    await expect(ask((await makeScope()).userId!)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("of the installation are exported by its administrators, and hold nothing of organizations", async () => {
    const [found, admin] = [await makeScope(), await makeScope()];
    await record(1, found);
    await rawDb().platformAdmin.create({ data: { userId: admin.userId! } });
    const ask = async (userId: string) =>
      exportAuditResponse(new Request("http://localhost/api/export/audit?of=installation&format=jsonl", { headers: { cookie: `${sessionCookieName()}=${await createSession(userId)}` } }));
    const events = (await (await ask(admin.userId!)).text()).trimEnd().split("\n").map((line) => JSON.parse(line) as { id: string; action: string; actor: { id: string } });
    expect(events[0]).toMatchObject({ action: "audit.exported", actor: { id: admin.userId } });
    expect(await rawDb().auditEvent.count({ where: { id: { in: events.map(({ id }) => id) }, NOT: { organizationId: null, workspaceId: null } } })).toBe(0);
    expect(events.length).toBe(await rawDb().auditEvent.count({ where: { organizationId: null, workspaceId: null } }));
    await expect(ask(found.userId!)).rejects.toMatchObject({ kind: "forbidden" });
    // Only with a proof of late who they are.
    const token = await createSession(admin.userId!);
    await rawDb().session.updateMany({ where: { userId: admin.userId! }, data: { authenticatedAt: new Date(Date.now() - (ADMINISTRATION_MINUTES + 1) * 60_000) } });
    await expect(exportAuditResponse(new Request("http://localhost/api/export/audit?of=installation&format=jsonl", { headers: { cookie: `${sessionCookieName()}=${token}` } }))).rejects.toMatchObject({ kind: "proof_needed" });
  });
});
