import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMINISTRATION_MINUTES, PROOF_MINUTES } from "@/server/auth/constants";
import { createSession, findSession } from "@/server/auth/session";
import { closeConnections, rawDb } from "@/server/db/client";
import type { Scope } from "@/server/auth/scope";
import { appRouter } from "./root";
import { foreignIds, outcomeOf } from "./testing/foreign-ids";
import { ACCOUNT, answerOf, callerOf, inputsOf, makeOwned, makeOwner, NAMELESS, type Owned, PLATFORM, procedures, scopedProcedures, UNSCOPED } from "./testing/walk";

let owner: Scope;
let owned: Owned;

beforeAll(async () => {
  owner = await makeOwner();
  owned = await makeOwned(owner);
});
afterAll(closeConnections);

const inputOf = (name: string) => inputsOf(owned)[name] ?? NAMELESS[name];

describe("every procedure", () => {
  it("is known to this test", () => {
    expect([...Object.keys(inputsOf(owned)), ...Object.keys(NAMELESS), ...UNSCOPED, ...Object.keys(ACCOUNT), ...Object.keys(PLATFORM)].sort()).toEqual([...procedures].sort());
  });

  it("is closed to somebody who is not signed in", async () => {
    const call = await callerOf(null, owner.workspace.slug);
    for (const name of [...scopedProcedures, ...Object.keys(ACCOUNT), ...Object.keys(PLATFORM)]) expect([name, await call(name, inputOf(name) ?? ACCOUNT[name] ?? PLATFORM[name])]).toEqual([name, "UNAUTHORIZED"]);
  });

  it("does not know the workspace of others, or their organization", async () => {
    const call = await callerOf((await makeOwner()).userId, owner.workspace.slug);
    for (const name of scopedProcedures) expect([name, await call(name, inputOf(name))]).toEqual([name, "NOT_FOUND"]);
  });

  it("opens nothing of the installation to owners of organizations, and its administrators nothing of organizations", async () => {
    const call = await callerOf(owner.userId, owner.workspace.slug);
    for (const [name, input] of Object.entries(PLATFORM)) expect([name, await call(name, input)]).toEqual([name, "FORBIDDEN"]);
    const elsewhere = await makeOwner();
    await rawDb().platformAdmin.create({ data: { userId: elsewhere.userId! } });
    const admin = await callerOf(elsewhere.userId, owner.workspace.slug);
    for (const name of scopedProcedures) expect([name, await admin(name, inputOf(name))]).toEqual([name, "NOT_FOUND"]);
  });

  it("attack: opens the installation to an administrator's session only after a proof, and changes it only after a recent one", async () => {
    const { userId, workspace } = await makeOwner();
    const stranger = await callerOf(userId, workspace.slug, 120);
    for (const [name, input] of Object.entries(PLATFORM)) expect([name, await stranger(name, input)]).toEqual([name, "FORBIDDEN"]);
    await rawDb().platformAdmin.create({ data: { userId: userId! } });
    const [fresh, later, old] = [await callerOf(userId, workspace.slug), await callerOf(userId, workspace.slug, PROOF_MINUTES + 1), await callerOf(userId, workspace.slug, ADMINISTRATION_MINUTES + 1)];
    const typeOf = (name: string) => (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[name]!._def.type;
    let changing = 0;
    for (const [name, input] of Object.entries(PLATFORM)) {
      const isChange = typeOf(name) === "mutation";
      changing += Number(isChange);
      expect([name, await old(name, input)]).toEqual([name, "PROOF_NEEDED"]);
      expect([name, (await later(name, input)) === "PROOF_NEEDED"]).toEqual([name, isChange]);
      expect([name, await fresh(name, input)]).not.toEqual([name, "PROOF_NEEDED"]);
    }
    expect(changing).toBeGreaterThan(10);
    // What tells of people and organizations, once an hour.
    const looks = await rawDb().auditEvent.findMany({ where: { action: "platform_admin.looked", actorId: userId, organizationId: null }, select: { resourceId: true }, orderBy: { resourceId: "asc" } });
    expect([...new Set(looks.map(({ resourceId }) => resourceId))]).toEqual(["admin.administrators", "admin.audit", "admin.organizations", "admin.quotas", "admin.usage", "admin.users"]);
    await rawDb().platformAdmin.delete({ where: { userId: userId! } }).catch(() => null);
  });

  it("knows no session, passkey or address of another person", async () => {
    const call = await callerOf((await makeOwner()).userId, owner.workspace.slug);
    const theirs = await findSession(await createSession(owner.userId!));
    expect(await call("account.endSession", { sessionId: theirs!.id })).toBe("NOT_FOUND");
    for (const name of ["account.renamePasskey", "account.removePasskey"]) expect(await call(name, ACCOUNT[name])).toBe("NOT_FOUND");
    for (const action of ["archive", "delete", "restore"]) expect(await call("organizations.change", { organizationId: owner.organizationId, action, name: owner.workspace.name })).toBe("NOT_FOUND");
    expect(await call("account.delete", { email: "owner@example.com" })).toBe("BAD_REQUEST");
  });

  it("finds nothing of others from one's own workspace", async () => {
    const stranger = await makeOwner();
    const call = await callerOf(stranger.userId, stranger.workspace.slug);
    for (const [name, input] of Object.entries(inputsOf(owned))) expect([name, await call(name, input)]).toEqual([name, "NOT_FOUND"]);
    for (const name of ["workflows.list", "triggers.list", "runs.list", "waits.list", "waits.mine", "waits.others", "waits.answered"]) {
      expect([name, await answerOf(stranger.userId, stranger.workspace.slug, name, {})]).toMatchObject([name, { items: [], nextCursor: null }]);
    }
  });

  it("takes no foreign id in any place where it takes one", async () => {
    const stranger = await makeOwner();
    const { tried, unknown } = foreignIds(await makeOwned(stranger), owned);
    expect(unknown).toEqual([]);
    const call = await callerOf(stranger.userId, stranger.workspace.slug);
    for (const one of tried) expect([one.key, one.input, await outcomeOf(stranger, call, one, owned)]).toEqual([one.key, one.input, "NOT_FOUND"]);
    expect(tried.length).toBeGreaterThan(200);
  });

  it("left the owner's things as they were", async () => {
    const { slug } = owner.workspace;
    expect(await answerOf(owner.userId, slug, "workflows.get", { workflowId: owned.workflowId })).toMatchObject({ name: "Private", revision: 1, archivedAt: null });
    expect(await answerOf(owner.userId, slug, "runs.get", { runId: owned.runId })).toMatchObject({ run: { status: "queued" }, waits: [{ id: owned.waitId, status: "open", title: "Secret" }] });
    expect(await answerOf(owner.userId, slug, "organizations.people", {})).toMatchObject({ items: [{}, {}], nextCursor: null });
    expect(await answerOf(owner.userId, slug, "access.grants", { place: { folderId: owned.folderId } })).toMatchObject([{ id: owned.grantId }]);
  });
});
