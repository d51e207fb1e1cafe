import { afterAll, beforeAll, expect, it } from "vitest";
import { PROOF_MINUTES } from "@/server/auth/constants";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makePerson } from "@/server/testing/factories";
import { appRouter } from "./root";
import { callerOf, inputsOf, makeOwned, makeOwner, NAMELESS, type Owned, scopedProcedures } from "./testing/walk";

let owner: Scope;
let owned: Owned;
let fresh: Awaited<ReturnType<typeof callerOf>>;
let old: typeof fresh;

beforeAll(async () => {
  owner = await makeOwner();
  owned = await makeOwned(owner);
  fresh = await callerOf(owner.userId, owner.workspace.slug);
  old = await callerOf(owner.userId, owner.workspace.slug, PROOF_MINUTES + 1);
});
afterAll(closeConnections);

/** How people come in, who vouches for them, and what is known of what they do: whoever holds an owner's session for a minute changes none of it. */
const PROVEN = [
  "sso.create", "sso.update", "sso.enable", "sso.remove", "sso.verifyDomain", "sso.routeDomain", "sso.removeDomain", "scim.createToken", "signInPolicy.set",
  "auditStreams.save", "auditStreams.enable", "auditStreams.remove", "auditStreams.setRetention", "programs.createIssuer", "programs.setIssuer",
];
const isMutation = (name: string) => (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[name]!._def.type === "mutation";

it("attack: an owner's session that was left open connects no provider, makes no SCIM token, and changes no policy, stream or issuer", async () => {
  const nonsense = 7;
  const mutations = scopedProcedures.filter((name) => isMutation(name) && (inputsOf(owned)[name] ?? NAMELESS[name]) !== undefined);
  const asking: string[] = [];
  for (const name of mutations) if ((await old(name, nonsense)) === "PROOF_NEEDED") asking.push(name);
  expect(asking.sort()).toEqual([...PROVEN].sort());
  for (const name of PROVEN) expect([name, await fresh(name, nonsense)]).toEqual([name, "BAD_REQUEST"]);
});

it("attack: it makes no token or application that never ends, or that makes more of them, and renews none; others it does", async () => {
  const scopesOf = (...scopes: string[]) => ({ name: `Left open ${scopes.join(" ")}`, scopes });
  expect(await old("tokens.create", scopesOf("run:read"))).toBe("OK");
  for (const expiresInDays of [null, 3_650]) expect(await old("tokens.create", { ...scopesOf("run:read"), expiresInDays })).toBe("PROOF_NEEDED");
  expect(await rawDb().auditEvent.count({ where: { workspaceId: owner.workspaceId, action: "token.created" } })).toBe(1);
  for (const scope of ["token:write", "member:write"]) {
    expect(await old("tokens.create", scopesOf(scope))).toBe("PROOF_NEEDED");
    expect(await fresh("tokens.create", scopesOf(scope))).toBe("OK");
    const { id: tokenId } = await rawDb().apiToken.findFirstOrThrow({ where: { workspaceId: owner.workspaceId, name: `Left open ${scope}` } });
    expect(await old("tokens.rotate", { tokenId })).toBe("PROOF_NEEDED");
    expect(await fresh("tokens.rotate", { tokenId })).toBe("OK");
  }
  const { id: serviceAccountId } = await rawDb().serviceAccount.create({ data: { id: crypto.randomUUID(), workspaceId: owner.workspaceId, organizationId: owner.organizationId, name: "Mighty", role: "admin" } });
  const application = { serviceAccountId, name: "Mighty", scopes: ["member:write"] };
  expect(await old("programs.createApplication", application)).toBe("PROOF_NEEDED");
  expect(await fresh("programs.createApplication", application)).toBe("OK");
  const { id: applicationId } = await rawDb().oauthClient.findFirstOrThrow({ where: { serviceAccountId } });
  expect(await old("programs.rotateSecret", { applicationId })).toBe("PROOF_NEEDED");
  expect(await old("programs.createApplication", { ...application, name: "Narrow", scopes: ["run:read"] })).toBe("PROOF_NEEDED");
});

it("attack: it makes nobody an owner or admin, of the organization or of a workspace, and lets nobody in as one", async () => {
  const { organizationId } = owner;
  const invited = { organizationId, emails: ["me@elsewhere.example"] };
  expect(await old("invitations.createForOrganization", { ...invited, role: "owner" })).toBe("PROOF_NEEDED");
  expect(await old("invitations.createForOrganization", { ...invited, role: "member" })).toBe("OK");
  expect(await old("invitations.createForOrganization", { ...invited, role: "admin" })).toBe("PROOF_NEEDED");
  expect(await fresh("invitations.createForOrganization", { ...invited, role: "owner" })).toBe("OK");
  const { id: userId } = await makePerson(organizationId);
  expect(await old("organizations.setRole", { organizationId, userId, role: "admin" })).toBe("PROOF_NEEDED");
  const groupId = newId();
  await rawDb().personGroup.create({ data: { id: groupId, organizationId, name: "Ours" } });
  for (const role of ["owner", "admin"]) {
    expect(await old("invitations.create", { emails: invited.emails, role })).toBe("PROOF_NEEDED");
    expect(await old("access.setRoles", { userId, roles: ["viewer", role] })).toBe("PROOF_NEEDED");
    expect(await old("access.setGroupRoles", { groupId, roles: [role] })).toBe("PROOF_NEEDED");
  }
  expect(await old("access.setRoles", { userId, roles: ["builder", "operator"] })).toBe("OK");
  expect(await fresh("access.setRoles", { userId, roles: ["admin"] })).toBe("OK");
  expect(await old("access.setRoles", { userId, roles: ["admin", "viewer"] })).toBe("OK");
  expect(await fresh("invitations.create", { emails: invited.emails, role: "admin" })).toBe("OK");
  const { id: invitationId } = await rawDb().invitation.findFirstOrThrow({ where: { workspaceId: owner.workspaceId, revokedAt: null, email: invited.emails[0] } });
  expect(await old("invitations.resend", { invitationId })).toBe("PROOF_NEEDED");
  expect(await old("invitations.create", { emails: invited.emails, role: "builder" })).toBe("OK");
  expect(await old("organizations.setGroupMembers", { organizationId, groupId, add: [userId], remove: [] })).toBe("OK");
  expect(await fresh("access.setGroupRoles", { groupId, roles: ["admin"] })).toBe("OK");
  expect(await old("organizations.setGroupMembers", { organizationId, groupId, add: [userId], remove: [] })).toBe("PROOF_NEEDED");
  expect(await old("organizations.setGroupMembers", { organizationId, groupId, add: [], remove: [userId] })).toBe("OK");
  const { id: roleId } = await rawDb().customRole.create({ data: { id: newId(), organizationId, name: "Door", permissions: ["run:read"] } });
  expect(await old("organizations.updateRole", { organizationId, roleId, name: "Door", description: "", permissions: ["run:read", "member:write"] })).toBe("PROOF_NEEDED");
  expect(await old("organizations.updateRole", { organizationId, roleId, name: "Door", description: "", permissions: ["run:read", "run:start"] })).toBe("OK");
});

it("attack: it deletes no organization", async () => {
  const { organizationId } = owner;
  const { name } = await rawDb().organization.findUniqueOrThrow({ where: { id: organizationId } });
  expect(await old("organizations.change", { organizationId, action: "delete", name })).toBe("PROOF_NEEDED");
  expect(await old("organizations.change", { organizationId, action: "archive" })).toBe("OK");
  expect(await fresh("organizations.change", { organizationId, action: "unarchive" })).toBe("OK");
  expect(await fresh("organizations.change", { organizationId, action: "delete", name })).toBe("OK");
});
