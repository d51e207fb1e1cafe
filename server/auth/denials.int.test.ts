import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getValue } from "@/app/api/values/route";
import { requireCaller } from "@/server/ingress/callers";
import { closeConnections, rawDb } from "@/server/db/client";
import { openLiveResponse } from "@/server/live/handle";
import { handleRest } from "@/server/rest/dispatch";
import { handleSso } from "@/server/sso/handle";
import { giveCustomRole, makeMember, makePerson } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { callerOf, makeOwned, makeOwner, type Owned } from "@/server/trpc/testing/walk";
import { openUserScope, type Scope } from "./scope";
import { createSession } from "./session";
import { sessionCookieName } from "./session-cookie";

let owner: Scope;
let owned: Owned;

beforeAll(async () => {
  owner = await makeOwner();
  owned = await makeOwned(owner);
});
afterAll(closeConnections);

/** Somebody who may look at secrets' names and at nothing else. */
async function narrowPerson() {
  const { id } = await makePerson(owner.organizationId);
  await giveCustomRole(owner, id, `Narrow ${id}`, ["secret:list"]);
  return id;
}
const from = async (userId: string, address: string) => new Request(new URL(address, "http://localhost"), { headers: { cookie: `${sessionCookieName()}=${await createSession(userId)}`, "sec-fetch-site": "same-origin", "x-forwarded-for": "192.0.2.44", "user-agent": "test", "x-request-id": "denied-1" } });
const denialsOf = (actorId: string) => rawDb().auditEvent.findMany({ where: { actorId, action: "access.denied" }, orderBy: { resourceId: "asc" }, select: { resourceId: true, organizationId: true, workspaceId: true, ip: true } });

describe("what is denied stands in the audit log, wherever it is refused", () => {
  it("within a procedure, as an attempt to make oneself an owner", async () => {
    const { id } = await makeMember(owner.workspaceId, "admin");
    const call = await callerOf(id, owner.workspace.slug);
    for (let n = 0; n < 2; n++) expect(await call("access.setRoles", { userId: id, roles: ["owner"] })).toBe("FORBIDDEN");
    const denials = await denialsOf(id);
    expect(denials).toEqual([{ resourceId: denials[0]?.resourceId, organizationId: owner.organizationId, workspaceId: owner.workspaceId, ip: "test" }]);
  });

  it("in a locked folder", async () => {
    const { folderId } = owned;
    const builder = await makeMember(owner.workspaceId, "builder");
    await (await callerOf(owner.userId, owner.workspace.slug))("protection.set", { folderId, isLocked: true });
    const call = await callerOf(builder.id, owner.workspace.slug);
    expect(await call("organizing.renameFolder", { folderId, name: "Mine" })).toBe("FORBIDDEN");
    expect(await denialsOf(builder.id)).toMatchObject([{ resourceId: "locked", workspaceId: owner.workspaceId }]);
  });

  it("at the live stream, at values, and at the trial of single sign-on", async () => {
    const userId = await narrowPerson();
    const { slug } = owner.workspace;
    await expect(openLiveResponse(await from(userId, `/api/live?workspace=${slug}&topic=runs`))).rejects.toMatchObject({ kind: "forbidden" });
    expect(await denialsOf(userId)).toEqual([{ resourceId: "run:read", organizationId: owner.organizationId, workspaceId: owner.workspaceId, ip: "192.0.2.44" }]);
    const other = await narrowPerson();
    expect((await getValue(await from(other, `/api/values?workspace=${slug}&runId=${owned.runId}&what=input`))).status).toBe(403);
    expect(await denialsOf(other)).toMatchObject([{ resourceId: "run:read" }]);
    await expect(handleSso(await from(other, `/api/sso/${owned.ssoId}/test`), owned.ssoId, "test")).rejects.toMatchObject({ kind: "forbidden" });
    expect(await denialsOf(other)).toMatchObject([{ resourceId: "run:read" }, { resourceId: "sign-in:write", workspaceId: null, ip: "192.0.2.44" }]);
  });

  it("of a token, at the API and at a route of the workspace's own", async () => {
    const { id } = await makeMember(owner.workspaceId, "builder");
    const made = await createToken({ scope: await openUserScope(id, { id: owner.workspaceId }) }, { name: "narrow", scopes: ["workflow:read"], expiresInDays: 1 });
    const headers = { authorization: `Bearer ${made.token}`, "x-forwarded-for": "192.0.2.45" };
    expect((await handleRest(new Request("http://localhost/api/v1/runs", { headers }))).status).toBe(403);
    const match = { endpoint: { workspaceId: owner.workspaceId }, config: { auth: { type: "token", permission: "run:start" } }, params: {} } as unknown as Parameters<typeof requireCaller>[0];
    await expect(requireCaller(match, new Request("http://localhost/api/r/x/y", { headers }), new Uint8Array())).rejects.toMatchObject({ reason: "forbidden" });
    expect(await denialsOf(made.id)).toMatchObject([{ resourceId: "run:read", ip: "192.0.2.45" }, { resourceId: "run:start", ip: "192.0.2.45" }]);
  });
});
