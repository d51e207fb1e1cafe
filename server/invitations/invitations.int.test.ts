import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession, findSession, type Session } from "@/server/auth/session";
import { openOrganizationScope } from "@/server/auth/organization-scope";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makePerson, makeScope } from "@/server/testing/factories";
import { accept, inviteToOrganization, inviteToWorkspace, listInvitations, register, resend, revoke, viewInvitation } from "./service";

const origin = { ip: "test", userAgent: null, requestId: "test" };
const PASSWORD = "correct horse battery staple";
let admin: Scope;

beforeAll(async () => {
  admin = await makeScope("admin");
});
afterAll(closeConnections);

const codeOf = ({ url }: { url: string | null }) => url!.split("#")[1]!;
async function invite(email: string, role: Parameters<typeof inviteToWorkspace>[1]["role"] = "builder") {
  const [made] = await inviteToWorkspace({ scope: admin }, { emails: [email], role, days: 7, byMail: false });
  return { ...made!, code: codeOf(made!) };
}
async function sessionOf(userId: string): Promise<Session> {
  return (await findSession(await createSession(userId)))!;
}
let count = 0;
const fresh = () => `new-${++count}@example.com`;

describe("an invitation", () => {
  it("makes somebody new a member with its role, once", async () => {
    const { code } = await invite("neu@example.com");
    expect(await viewInvitation(code)).toMatchObject({ state: "open", email: "neu@example.com", role: "builder", hasAccount: null, workspace: admin.workspace.name });
    expect(await register({ origin }, { code, name: "Neu", password: PASSWORD })).toEqual({ workspaceSlug: admin.workspace.slug });
    const { id } = await rawDb().user.findUniqueOrThrow({ where: { email: "neu@example.com" } });
    expect((await openUserScope(id, { id: admin.workspaceId })).role).toBe("builder");
    await expect(register({ origin }, { code, name: "Other", password: PASSWORD })).rejects.toMatchObject({ kind: "link_invalid" });
    await expect(accept({ session: await sessionOf(id), origin }, code)).rejects.toMatchObject({ kind: "link_invalid" });
    expect((await viewInvitation(code)).state).toBe("accepted");
    expect(await admin.db.auditEvent.count({ where: { action: "invitation.accepted" } })).toBe(1);
  });

  it("is for its address alone", async () => {
    const { id } = await makePerson((await makeScope()).organizationId);
    const { code } = await invite(fresh());
    await expect(accept({ session: await sessionOf(id), origin }, code)).rejects.toMatchObject({ kind: "wrong_person" });
    expect((await viewInvitation(code)).state).toBe("open");
  });

  it("lets an existing person in without another account", async () => {
    const { id, email } = await makePerson((await makeScope()).organizationId);
    const { code } = await invite(email, "viewer");
    // Whoever copied the link to any address does not hear of it.
    expect(await viewInvitation(code)).toMatchObject({ state: "open", hasAccount: null });
    await expect(register({ origin }, { code, name: "Thief", password: PASSWORD })).rejects.toMatchObject({ kind: "name_taken" });
    expect(await rawDb().auditEvent.count({ where: { actorId: id, action: "invitation.refused", organizationId: null } })).toBe(1);
    await rawDb().invitation.updateMany({ where: { email }, data: { isMailedOnly: true } });
    expect(await viewInvitation(code)).toMatchObject({ hasAccount: true });
    await rawDb().invitation.updateMany({ where: { email }, data: { isMailedOnly: false } });
    expect(await accept({ session: await sessionOf(id), origin }, code)).toEqual({ workspaceSlug: admin.workspace.slug });
    expect((await openUserScope(id, { id: admin.workspaceId })).role).toBe("viewer");
  });

  it("as owner raises an admin, and takes nothing from whoever is more already", async () => {
    const { organizationId } = await makeScope();
    const [boss, other, deputy] = [await makePerson(organizationId, "owner"), await makePerson(organizationId, "owner"), await makePerson(organizationId, "admin")];
    const organization = await openOrganizationScope(boss.id, { id: organizationId });
    const roleAfter = async ({ id, email }: { id: string; email: string }, role: "owner" | "admin" | "member") => {
      const [made] = await inviteToOrganization({ organization }, { emails: [email], role, days: 7, byMail: false });
      await accept({ session: await sessionOf(id), origin }, codeOf(made!));
      return (await rawDb().organizationMember.findFirstOrThrow({ where: { organizationId, userId: id } })).role;
    };
    expect([await roleAfter(deputy, "member"), await roleAfter(deputy, "owner"), await roleAfter(other, "admin")]).toEqual(["admin", "owner", "owner"]);
  });

  it("is accepted by exactly one of 100 at the same time", async () => {
    const { id, email } = await makePerson((await makeScope()).organizationId);
    const session = await sessionOf(id);
    const { code } = await invite(email, "operator");
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => accept({ session, origin }, code)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await admin.db.membership.count({ where: { userId: id } })).toBe(1);
    const newcomer = fresh();
    const { code: second } = await invite(newcomer);
    const registrations = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => register({ origin }, { code: second, name: `Person ${index}`, password: PASSWORD })));
    expect(registrations.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await rawDb().user.count({ where: { email: newcomer } })).toBe(1);
  });

  it("ends when it is revoked, renewed, sent anew or has run out", async () => {
    const email = fresh();
    const first = await invite(email);
    const again = await invite(email);
    expect((await viewInvitation(first.code)).state).toBe("revoked");
    const renewed = await resend(admin, { invitationId: again.id, byMail: false });
    expect((await viewInvitation(again.code)).state).toBe("unknown");
    await rawDb().invitation.update({ where: { id: again.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(register({ origin }, { code: codeOf(renewed), name: "Late", password: PASSWORD })).rejects.toMatchObject({ kind: "link_invalid" });
    await revoke(admin, { invitationId: again.id });
    await expect(resend(admin, { invitationId: again.id, byMail: false })).rejects.toMatchObject({ kind: "link_invalid" });
    expect((await listInvitations(admin, { search: email, limit: 50 })).items.filter((row) => row.email === email).map(({ state }) => state)).toEqual(["revoked", "revoked"]);
  });

  it("attack: of an owner is handed out anew, or taken back, by owners alone; so is one to a role of a workspace", async () => {
    const { organizationId } = admin;
    const [boss, deputy] = await Promise.all((["owner", "admin"] as const).map(async (role) => openOrganizationScope((await makePerson(organizationId, role)).id, { id: organizationId })));
    const [toOwner] = await inviteToOrganization({ organization: boss! }, { emails: [fresh()], role: "owner", days: 7, byMail: false });
    await expect(resend(deputy!, { invitationId: toOwner!.id, byMail: false })).rejects.toMatchObject({ kind: "forbidden", data: { permission: "owner:write" } });
    await expect(revoke(deputy!, { invitationId: toOwner!.id })).rejects.toMatchObject({ kind: "forbidden" });
    expect((await resend(boss!, { invitationId: toOwner!.id, byMail: false })).url).not.toBe(toOwner!.url);
    const ownerOfWorkspace = await makeScope("owner", admin.workspaceId);
    const [toWorkspace] = await inviteToWorkspace({ scope: ownerOfWorkspace }, { emails: [fresh()], role: "owner", days: 7, byMail: false });
    await expect(resend(admin, { invitationId: toWorkspace!.id, byMail: false })).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("gives no more than its inviter may do", async () => {
    await expect(invite(fresh(), "owner")).rejects.toMatchObject({ kind: "forbidden" });
    const person = await makePerson(admin.organizationId, "admin");
    const organization = await openOrganizationScope(person.id, { id: admin.organizationId });
    await expect(inviteToOrganization({ organization }, { emails: [fresh()], role: "owner", days: 7, byMail: false })).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("attack: is worth nothing once its inviter was removed, switched off or given less", async () => {
    const { organizationId } = admin;
    const invited = async () => {
      const { id } = await makePerson(organizationId, "admin");
      const organization = await openOrganizationScope(id, { id: organizationId });
      const scope = await openUserScope(id, { id: admin.workspaceId });
      const [one] = await inviteToOrganization({ organization }, { emails: [fresh()], role: "admin", days: 7, byMail: false });
      const [other] = await inviteToWorkspace({ scope }, { emails: [fresh()], role: "admin", days: 7, byMail: false });
      return { id, codes: [codeOf(one!), codeOf(other!)] };
    };
    const key = (userId: string) => ({ where: { organizationId_userId: { organizationId, userId } } });
    const endings = [
      (userId: string) => rawDb().organizationMember.delete(key(userId)),
      (userId: string) => rawDb().user.update({ where: { id: userId }, data: { disabledAt: new Date() } }),
      (userId: string) => rawDb().organizationMember.update({ ...key(userId), data: { role: "member" } }),
    ];
    for (const end of endings) {
      const { id, codes } = await invited();
      for (const code of codes) expect((await viewInvitation(code)).state).toBe("open");
      await end(id);
      for (const code of codes) {
        expect((await viewInvitation(code)).state).toBe("revoked");
        await expect(register({ origin }, { code, name: "Back", password: PASSWORD })).rejects.toMatchObject({ kind: "link_invalid" });
      }
    }
  });

  it("says why no mail went out, and gives the link all the same", async () => {
    const [made] = await inviteToWorkspace({ scope: admin }, { emails: [fresh()], role: "viewer", days: 7, byMail: true });
    expect(made).toMatchObject({ sent: false, problem: expect.stringContaining("mail server") as string, url: expect.stringContaining("/join#") as string });
  });

  it("is found among those that wait, page by page, however many newer ones ended", async () => {
    const domain = `${newId().slice(-8)}.example.com`;
    const emails = Array.from({ length: 5 }, (_, at) => `wait-${at}@${domain}`);
    const made = await inviteToWorkspace({ scope: admin }, { emails, role: "viewer", days: 7, byMail: false });
    const gone = await inviteToWorkspace({ scope: admin }, { emails: [`gone-1@${domain}`, `gone-2@${domain}`], role: "viewer", days: 7, byMail: false });
    for (const { id } of gone) await revoke(admin, { invitationId: id });
    await register({ origin }, { code: codeOf(made[0]!), name: "Came", password: PASSWORD });
    await rawDb().invitation.update({ where: { id: made[1]!.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    const all = async (shelf?: "waiting" | "accepted" | "revoked", cursor?: string): Promise<string[]> => {
      const page = await listInvitations(admin, { search: domain, limit: 2, shelf, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      const ids = page.items.map(({ id }) => id);
      return page.nextCursor === null ? ids : [...ids, ...(await all(shelf, page.nextCursor))];
    };
    const newestFirst = [...made, ...gone].map(({ id }) => id).sort().reverse();
    const among = (ids: readonly { id: string }[]) => newestFirst.filter((id) => ids.some((one) => one.id === id));
    expect(await all()).toEqual([...among(gone), ...among(made)]);
    expect(await all("waiting")).toEqual(among(made.slice(1)));
    expect(await all("accepted")).toEqual([made[0]!.id]);
    expect(await all("revoked")).toEqual(among(gone));
  });

  it("asks for a password where the organization takes them, and for none where it does not", async () => {
    const { organizationId } = admin;
    const allow = (signInMethods: string[]) => rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods } });
    const { code } = await invite(fresh());
    expect(await viewInvitation(code)).toMatchObject({ takesPassword: true });
    await expect(register({ origin }, { code, name: "Nobody" })).rejects.toMatchObject({ data: { field: "password" } });
    await allow(["link"]);
    try {
      expect(await viewInvitation(code)).toMatchObject({ state: "open", takesPassword: false });
      await expect(register({ origin }, { code, name: "Newcomer", password: PASSWORD })).rejects.toMatchObject({ data: { field: "password" } });
      await register({ origin }, { code, name: "Newcomer" });
      expect(await rawDb().user.findFirst({ where: { name: "Newcomer" }, select: { passwordHash: true } })).toEqual({ passwordHash: null });
    } finally {
      await allow([]);
    }
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: true } });
    try {
      const domain = `corp-${newId().slice(-8)}.example.com`;
      const { code: own } = await invite(`ann@${domain}`);
      const { code: guest } = await invite(fresh());
      await rawDb().ssoDomain.create({ data: { id: newId(), organizationId, domain, token: newId(), lapsedAt: new Date() } });
      expect([await viewInvitation(own), await viewInvitation(guest)]).toMatchObject([{ takesPassword: false }, { takesPassword: true }]);
    } finally {
      await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: false } });
    }
  });

  it("comes in bulk, all or none, and shows nothing of other places", async () => {
    const emails = Array.from({ length: 50 }, fresh);
    expect(await inviteToWorkspace({ scope: admin }, { emails, role: "viewer", days: 7, byMail: false })).toHaveLength(50);
    const other = await makeScope("admin");
    expect(await listInvitations(other, { search: "", limit: 50 })).toEqual({ items: [], nextCursor: null });
    // Not a pattern.
    for (const search of ["%", "_"]) expect(await listInvitations(admin, { search, limit: 50 })).toEqual({ items: [], nextCursor: null });
    const { id } = await invite(fresh());
    await expect(revoke(other, { invitationId: id })).rejects.toMatchObject({ kind: "not_found" });
    expect(await other.db.$queryRaw`select 1 from invitation`).toEqual([]);
  });
});
