import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { createApplication, createServiceAccount, removeApplication, tokenResponse } from "@/server/programs/service";
import { insertRun } from "@/server/queue/dispatch";
import { tick } from "@/server/scheduler/tick";
import { makeMember, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import * as workflows from "@/server/workflows/service";
import { HIDDEN } from "./hide-credentials";
import * as service from "./service";

const origin = { ip: "test", userAgent: null, requestId: "test" };
const definition = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "call", kind: "http", config: { url: "https://example.com", headers: { "x-key": "typed-in-password", "x-other": "{{ secrets.KEY }}" }, auth: { type: "bearer", token: "another-password" } } },
    { id: "odd", kind: "unknown.kind", config: { token: "third-password" } },
  ],
  edges: [{ from: "start", to: "call" }],
};

let builder: Scope;
let workflowId: string;

beforeAll(async () => {
  builder = await makeScope("builder");
  ({ id: workflowId } = await workflows.createWorkflow({ scope: builder }, { name: "Orders", description: "", definition }));
});
afterAll(closeConnections);

const tokenOf = (url: string) => url.split("/").at(-1)!;
const share = async (more: Partial<Parameters<typeof service.createShare>[1]> = {}) => service.createShare({ scope: builder }, { workflowId, note: "Finance", showsRuns: false, expiresInDays: 7, ...more });
const open = (userId: string, url: string) => service.viewShare({ userId, name: "Eve", email: "eve@example.com" }, tokenOf(url), origin);

async function colleague(): Promise<string> {
  const id = newId();
  await rawDb().workspace.create({ data: { id, organizationId: builder.organizationId, name: "Sales", slug: `sales-${id.slice(-12)}` } });
  return (await makeMember(id, "viewer")).id;
}

describe("a link to a workflow", () => {
  it("opens for members of the organization, from other workspaces too, and says who shared it", async () => {
    const { url, share: made } = await share();
    const seen = await open(await colleague(), url);
    expect(seen).toMatchObject({ name: "Orders", sharedBy: "Test builder", published: null, runs: null, href: null });
    expect((await open(builder.userId!, url)).href).toBe(`/${builder.workspace.slug}/workflows/${workflowId}`);
    const [listed] = await service.listShares({ scope: builder }, { workflowId });
    expect(listed).toMatchObject({ id: made.id, note: "Finance", expired: false });
    expect(listed?.lastViewedAt).not.toBeNull();
  });

  it("is unknown to strangers, to people who were disabled or left, and once it was revoked or has run out", async () => {
    const { url, share: made } = await share();
    const stranger = await makeScope("owner");
    const member = await colleague();
    const gone = { kind: "not_found" };
    await expect(open(stranger.userId!, url)).rejects.toMatchObject(gone);
    await expect(open(member, `${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`)).rejects.toMatchObject(gone);
    await rawDb().user.update({ where: { id: member }, data: { disabledAt: new Date() } });
    await expect(open(member, url)).rejects.toMatchObject(gone);
    await rawDb().user.update({ where: { id: member }, data: { disabledAt: null } });
    expect(await open(member, url)).toMatchObject({ name: "Orders" });
    await rawDb().organizationMember.deleteMany({ where: { userId: member } });
    await expect(open(member, url)).rejects.toMatchObject(gone);

    await rawDb().shareLink.update({ where: { id: made.id }, data: { createdAt: new Date(0), expiresAt: new Date(1) } });
    await expect(open(builder.userId!, url)).rejects.toMatchObject(gone);
    const other = await share();
    await service.revokeShare({ scope: builder }, { shareId: other.share.id });
    await expect(open(builder.userId!, other.url)).rejects.toMatchObject(gone);
    expect((await service.listShares({ scope: builder }, { workflowId })).map(({ id }) => id)).not.toContain(other.share.id);
  });

  it("attack: shows nothing once whoever made it was removed, switched off or given less; in an archive it shows what it did", async () => {
    const maker = await makeScope("builder", builder.workspaceId);
    const { url } = await service.createShare({ scope: maker }, { workflowId, note: "", showsRuns: false, expiresInDays: 7 });
    const member = await colleague();
    const userId = maker.userId!;
    const as = (role: string) => rawDb().membership.updateMany({ where: { userId }, data: { role } });
    const disabledAt = (at: Date | null) => rawDb().user.update({ where: { id: userId }, data: { disabledAt: at } });
    const archivedAt = (at: Date | null) => rawDb().workspace.update({ where: { id: builder.workspaceId }, data: { archivedAt: at } });
    expect(await open(member, url)).toMatchObject({ name: "Orders" });
    for (const [take, giveBack] of [[() => as("viewer"), () => as("builder")], [() => disabledAt(new Date()), () => disabledAt(null)]] as const) {
      await take();
      await expect(open(member, url)).rejects.toMatchObject({ kind: "not_found" });
      await giveBack();
      expect(await open(member, url)).toMatchObject({ name: "Orders" });
    }
    await archivedAt(new Date());
    expect(await open(member, url)).toMatchObject({ name: "Orders" });
    await archivedAt(null);
    await rawDb().organizationMember.deleteMany({ where: { userId } });
    await expect(open(member, url)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("attack: shows nothing once the service account or the token that it was made with has ended, or may less", async () => {
    const admin = await makeScope("admin", builder.workspaceId);
    const { id } = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "builder" } });
    const { id: tokenId, token } = await createToken({ scope: admin }, { name: "ci", scopes: ["workflow:write"], expiresInDays: 1, serviceAccountId: id });
    const input = { workflowId, note: "", showsRuns: false, expiresInDays: 7 };
    const { url } = await service.createShare({ scope: await openTokenScope(token, origin) }, input);
    const member = await colleague();
    const gone = { kind: "not_found" };
    const takings = [
      [{ disabledAt: new Date() }, { disabledAt: null }],
      [{ role: "operator" }, { role: "builder" }],
    ];
    for (const [taken, given] of takings) {
      await rawDb().serviceAccount.update({ where: { id }, data: taken! });
      await expect(open(member, url)).rejects.toMatchObject(gone);
      await rawDb().serviceAccount.update({ where: { id }, data: given! });
      expect(await open(member, url)).toMatchObject({ name: "Orders", sharedBy: null });
    }
    await rawDb().apiToken.update({ where: { id: tokenId }, data: { revokedAt: new Date() } });
    await expect(open(member, url)).rejects.toMatchObject(gone);

    const person = await makeScope("builder", builder.workspaceId);
    const personal = await createToken({ scope: person }, { name: "mine", scopes: ["workflow:write"], expiresInDays: 1 });
    const theirs = await service.createShare({ scope: await openTokenScope(personal.token, origin) }, input);
    expect(await open(member, theirs.url)).toMatchObject({ sharedBy: "Test builder" });
    await rawDb().apiToken.update({ where: { id: personal.id }, data: { revokedAt: new Date() } });
    await expect(open(member, theirs.url)).rejects.toMatchObject(gone);
  });

  it("attack: stays ended with a fetched token that was revoked, when that is swept, and ends with the application that fetched it", async () => {
    const admin = await makeScope("admin", builder.workspaceId);
    const { id: serviceAccountId } = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "builder" } });
    const application = await createApplication({ scope: admin }, { name: `App ${newId()}`, serviceAccountId, scopes: ["workflow:write"], tokenSeconds: 600, refreshDays: null });
    const body = () => new URLSearchParams({ grant_type: "client_credentials", client_id: application.id, client_secret: application.secret });
    const share = async () => {
      const { access_token } = (await (await tokenResponse(new Request("http://localhost/api/oauth/token", { method: "POST", body: body() }))).json()) as { access_token: string };
      const scope = await openTokenScope(access_token, origin);
      return { tokenId: scope.actor.id!, url: (await service.createShare({ scope }, { workflowId, note: "", showsRuns: false, expiresInDays: 7 })).url };
    };
    const [revoked, removed] = [await share(), await share()];
    const member = await colleague();
    const gone = { kind: "not_found" };
    const past = new Date(Date.now() - 2 * 86_400_000);
    await rawDb().apiToken.updateMany({ where: { id: { in: [revoked.tokenId, removed.tokenId] } }, data: { createdAt: past, expiresAt: past } });
    await rawDb().apiToken.update({ where: { id: revoked.tokenId }, data: { revokedAt: new Date() } });
    await tick();
    await expect(open(member, revoked.url)).rejects.toMatchObject(gone);
    expect(await open(member, removed.url)).toMatchObject({ name: "Orders" });
    await removeApplication({ scope: admin }, { applicationId: application.id });
    await expect(open(member, removed.url)).rejects.toMatchObject(gone);
    await tick();
    expect(await rawDb().apiToken.count({ where: { id: { in: [revoked.tokenId, removed.tokenId] } } })).toBe(0);
  });

  it("never shows a credential, nor runs unless that was chosen, nor ever their values", async () => {
    const { id: versionId } = await workflows.snapshotInline(builder.db, builder, { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] });
    const runId = newId();
    await builder.db.transaction((tx) =>
      insertRun(tx, { id: runId, workspaceId: builder.workspaceId, workflowId, versionId, mode: "production", pool: "default", priority: 0, input: '{"card":"4111"}', trigger: null, triggerKind: "manual", parent: null, rootRunId: runId, depth: 0, labels: {}, options: {} }),
    );
    const withRuns = await open(builder.userId!, (await share({ showsRuns: true })).url);
    expect(withRuns.runs).toMatchObject([{ status: "queued", startedAt: null }]);
    const text = JSON.stringify([withRuns, await open(builder.userId!, (await share()).url)]);
    expect(text).not.toMatch(/password"|4111/);
    expect(withRuns.draft.definition).toMatchObject({ nodes: [{}, { config: { url: "https://example.com", headers: { "x-key": HIDDEN, "x-other": "{{ secrets.KEY }}" }, auth: { type: "bearer", token: HIDDEN } } }, { config: {} }] });
  });

  it("is kept as a hash, and its making, opening and end are audited", async () => {
    const { url, share: made } = await share({ note: "Audited" });
    const row = await rawDb().shareLink.findUniqueOrThrow({ where: { id: made.id } });
    expect(JSON.stringify(row)).not.toContain(tokenOf(url));
    expect(row.tokenHash).toHaveLength(32);
    const member = await colleague();
    await open(member, url);
    await open(member, url);
    await service.revokeShare({ scope: builder }, { shareId: made.id });
    const events = await rawDb().auditEvent.findMany({ where: { workspaceId: builder.workspaceId, resourceId: workflowId }, orderBy: [{ at: "asc" }, { id: "asc" }] });
    const own = events.filter(({ after, before }) => JSON.stringify([after, before]).includes(made.id)).map(({ action, actorName }) => `${actorName}: ${action}`);
    expect(own.toSorted()).toEqual(["Eve: workflow.share_viewed", "Test builder: workflow.share_revoked", "Test builder: workflow.shared"]);
  });

  it("cannot be made for, listed of or revoked in the workspace of others", async () => {
    const stranger = await makeScope("owner");
    const { share: made } = await share();
    await expect(service.createShare({ scope: stranger }, { workflowId, note: "", showsRuns: true, expiresInDays: 1 })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.listShares({ scope: stranger }, { workflowId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.revokeShare({ scope: stranger }, { shareId: made.id })).rejects.toMatchObject({ kind: "not_found" });
  });
});
