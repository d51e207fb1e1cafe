import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { dispatchFacts } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import { insertFacts } from "@/server/queue/platform-facts";
import * as organizing from "@/server/organizing/service";
import type { Role } from "@/server/auth/permissions";
import { openUserScope } from "@/server/auth/scope";
import { giveCustomRole, grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as waits from "@/server/waits/service";
import * as alerts from "./service";
import { type MailSink, openMailSink } from "./testing/sinks";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let mail: MailSink;
const stranger = { origin: { ip: "test", userAgent: null, requestId: null } };
beforeAll(async () => {
  mail = await openMailSink();
});
afterAll(async () => {
  await mail.close();
  await closeConnections();
});

async function openScene() {
  const scene = await FactScene.open();
  const { scope } = scene;
  await alerts.setMail({ scope }, { host: "127.0.0.1", port: mail.port, security: "none", user: null, passwordSecret: null, from: "millrace@example.com" });
  const operator = await makeScope("operator", scope.workspaceId);
  mail.mails.length = 0;
  return { scene, scope, operator };
}

/** A run that waits for an answer, and the fact that its opening wrote. */
async function ask(scene: FactScene, approvers: string[], requiredAnswers = 1, notFor: string | null = null, as: "startedById" | "startedForId" = "startedById", workflow: Workflow | null = null): Promise<string> {
  const { scope } = scene;
  const { id: workflowId, versionId } = workflow ?? (await scene.workflow(`Ask ${newId()}`));
  const [runId, waitId] = [newId(), newId()];
  const { workspaceId } = scope;
  await rawDb().run.create({ data: { id: runId, workspaceId, workflowId, versionId, input: {}, triggerKind: "manual", rootRunId: runId, [as]: notFor } });
  await rawDb().runQueue.create({ data: { runId, workspaceId, state: "waiting", rank: 0n } });
  await rawDb().wait.create({ data: { id: waitId, workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", requiredAnswers, detail: { title: "Pay 9 €?", message: "Invoice 42", form: null, approvers, requiredAnswers, excludesStarter: notFor !== null } } });
  await tell(workspaceId, waitId, "approval.requested");
  return waitId;
}

async function tell(workspaceId: string, waitId: string, kind: "approval.requested" | "approval.reminded"): Promise<void> {
  await insertFacts(sharedPool(), [{ workspaceId, kind, key: `${kind} ${waitId}`, subjectId: waitId }]);
  await expect.poll(async () => {
    await dispatchFacts();
    await alerts.deliverDue();
    return (await rawDb().platformFact.count({ where: { workspaceId, doneAt: null } })) + (await rawDb().notificationDelivery.count({ where: { workspaceId, status: "pending" } }));
  }).toBe(0);
}

type Workflow = Awaited<ReturnType<FactScene["workflow"]>>;

/** Somebody with a role in the folder of a workflow, and nowhere else. */
async function insideFolder(scene: FactScene, role: Role) {
  const workflow = await scene.workflow(`Ask ${newId()}`);
  const { id: folderId } = await organizing.createFolder({ scope: scene.scope }, { name: `Finance ${newId()}`, parentId: null });
  await organizing.moveItems({ scope: scene.scope }, { itemType: "workflow", itemIds: [workflow.id], folderId });
  const person = await makePerson(scene.scope.organizationId);
  await grantPart(scene.scope, person.id, role, { folderId });
  const open = async () => (await openUserScope(person.id, { id: scene.scope.workspaceId })).for("wait:answer");
  return { workflow, folderId, person, open };
}

const emailOf = async (userId: string | null) => (await rawDb().user.findUniqueOrThrow({ where: { id: userId! } })).email;
const mailTo = (address: string) => mail.mails.filter(({ to }) => (to as { text: string }).text === address);
const tokenIn = (text: string | undefined) => /\/a\/([A-Za-z0-9_-]+)/.exec(text ?? "")?.[1] ?? "";

describe("an approval", () => {
  it.each(["startedById", "startedForId"] as const)("that is not for whoever started the run asks everybody but them: %s", async (as) => {
    const { scene, operator } = await openScene();
    const other = await makeScope("operator", operator.workspaceId);
    const [own, others] = [await emailOf(operator.userId), await emailOf(other.userId)];
    const waitId = await ask(scene, [own, others], 1, operator.userId, as);
    expect([mailTo(own).length, mailTo(others).length]).toEqual([0, 1]);
    expect((await rawDb().inboxItem.findMany({ where: { notification: { waitId } }, select: { userId: true } })).map(({ userId }) => userId)).toEqual([other.userId]);
  });

  it("asks each approver by mail with a link of their own, which answers once and as that person", async () => {
    const { scene, scope, operator } = await openScene();
    const waitId = await ask(scene, ["operator", "guest@example.com"], 2);
    const email = await emailOf(operator.userId);
    expect(mail.mails.map(({ to }) => (to as { text: string }).text).sort()).toEqual([email, "guest@example.com"].sort());
    expect(mail.mails[0]!.text).toContain("Invoice 42");
    const [own, guest] = [tokenIn(mailTo(email)[0]!.text), tokenIn(mailTo("guest@example.com")[0]!.text)];
    expect(own).not.toBe(guest);
    await waits.answerLink(stranger, { token: own, name: "Somebody else", decision: "approved", comment: "" });
    // The same person, now in the page.
    await expect(waits.answerWait({ scope: operator }, { waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "already_answered" });
    await expect(waits.answerLink(stranger, { token: own, name: "", decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await waits.answerLink(stranger, { token: guest, name: "", decision: "approved", comment: "" })).toMatchObject({ closed: true, answers: 2 });
    expect(await rawDb().waitResponse.findMany({ where: { waitId }, select: { userId: true, responder: true }, orderBy: { answeredAt: "asc" } })).toEqual([{ userId: operator.userId, responder: "Test operator" }, { userId: null, responder: "guest@example.com" }]);
    expect(await alerts.countUnread({ scope: operator })).toEqual({ count: 0 });
    expect(await alerts.listInbox({ scope }, { limit: 10, unread: false })).toEqual({ items: [], nextCursor: null });
  });

  it("reminds those who have not answered, and an earlier link of theirs ends", async () => {
    const { scene, scope, operator } = await openScene();
    const waitId = await ask(scene, ["operator", "guest@example.com"], 2);
    const email = await emailOf(operator.userId);
    await waits.answerWait({ scope: operator }, { waitId, decision: "approved", comment: "" });
    const first = tokenIn(mailTo("guest@example.com")[0]!.text);
    mail.mails.length = 0;
    await tell(scope.workspaceId, waitId, "approval.reminded");
    expect(mailTo(email)).toEqual([]);
    const [reminder] = mailTo("guest@example.com");
    expect(reminder!.subject).toContain("Still waiting for your answer");
    await expect(waits.viewLink(stranger, { token: first })).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await waits.viewLink(stranger, { token: tokenIn(reminder!.text) })).toMatchObject({ ended: null, title: "Pay 9 €?" });
    expect(await rawDb().$queryRaw`select count(*)::int as n from notification n, notification_delivery d where n.payload::text like '%/a/%' or d.error like '%/a/%'`).toEqual([{ n: 0 }]);
  });

  it("asks everybody who may answer in the page when nobody is named, and by mail only who wants that", async () => {
    const { scene, scope, operator } = await openScene();
    const viewer = await makeScope("viewer", scope.workspaceId);
    await alerts.setPreference({ scope: operator }, { category: "approvals", email: true });
    const waitId = await ask(scene, []);
    expect(mail.mails).toHaveLength(1);
    expect(await alerts.listInbox({ scope }, { limit: 10, unread: true })).toMatchObject({ items: [{ category: "approvals", path: `/approvals?wait=${waitId}` }] });
    expect(await alerts.countUnread({ scope: viewer })).toEqual({ count: 0 });
    await waits.answerWait({ scope: operator }, { waitId, decision: "rejected", comment: "" });
    expect(await alerts.countUnread({ scope })).toEqual({ count: 0 });
  });

  describe("of somebody with a role in the workflow's folder alone", () => {
    const approved = { name: "", decision: "approved" as const, comment: "" };

    it("attack: is answered once by one person: by the mailed link, then on the page", async () => {
      const { scene } = await openScene();
      const { workflow, person, open } = await insideFolder(scene, "operator");
      const waitId = await ask(scene, [person.email, "guest@example.com"], 2, null, "startedById", workflow);
      await waits.answerLink(stranger, { ...approved, token: tokenIn(mailTo(person.email)[0]!.text) });
      const scope = await open();
      expect(await waits.getWait({ scope }, { waitId })).toMatchObject({ mayAnswer: false, refusal: "You have answered already.", asked: [{ who: person.email, answered: true }, { answered: false }] });
      await expect(waits.answerWait({ scope }, { waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "already_answered" });
    });

    it("attack: is answered once by one person: on the page, then by the mailed link", async () => {
      const { scene } = await openScene();
      const { workflow, person, open } = await insideFolder(scene, "operator");
      const waitId = await ask(scene, [person.email, "guest@example.com"], 2, null, "startedById", workflow);
      await waits.answerWait({ scope: await open() }, { waitId, decision: "approved", comment: "" });
      await expect(waits.answerLink(stranger, { ...approved, token: tokenIn(mailTo(person.email)[0]!.text) })).rejects.toMatchObject({ kind: "already_answered" });
      expect(await waits.makeLinkFor({ workspaceId: scene.scope.workspaceId, waitId, recipient: person.email })).toBeNull();
    });

    it("attack: is answered once by somebody whose role came after the mail, in both orders", async () => {
      const { scene, scope } = await openScene();
      for (const first of ["link", "page"] as const) {
        const workflow = await scene.workflow(`Ask ${newId()}`);
        const person = await makePerson(scope.organizationId);
        const waitId = await ask(scene, [person.email, "guest@example.com"], 2, null, "startedById", workflow);
        const byLink = () => waits.answerLink(stranger, { ...approved, token: tokenIn(mailTo(person.email)[0]!.text) });
        const onPage = async () => waits.answerWait({ scope: (await openUserScope(person.id, { id: scope.workspaceId })).for("wait:answer") }, { waitId, decision: "approved", comment: "" });
        if (first === "link") await byLink();
        await grantPart(scope, person.id, "operator", { workflowId: workflow.id });
        if (first === "page") await onPage();
        await expect(first === "page" ? byLink() : onPage()).rejects.toMatchObject({ kind: "already_answered" });
      }
    });

    it("attack: is answered once by somebody who had no account when they answered by the mail, or by a link to their address", async () => {
      const { scene, scope } = await openScene();
      for (const by of ["mail", "hand"] as const) {
        const workflow = await scene.workflow(`Ask ${newId()}`);
        const { id, email } = await makePerson((await makeScope("admin")).organizationId);
        const waitId = await ask(scene, by === "mail" ? [email, "guest@example.com"] : [], 2, null, "startedById", workflow);
        const token = by === "mail" ? tokenIn(mailTo(email)[0]!.text) : tokenIn((await waits.createLink({ scope }, { waitId, recipient: email.toUpperCase() })).url);
        await waits.answerLink(stranger, { ...approved, token });
        await rawDb().organizationMember.create({ data: { organizationId: scope.organizationId, userId: id, role: "member" } });
        await grantPart(scope, id, "operator", { workflowId: workflow.id });
        const inside = (await openUserScope(id, { id: scope.workspaceId })).for("wait:answer");
        await expect(waits.answerWait({ scope: inside }, { waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "already_answered" });
        await expect(waits.createLink({ scope }, { waitId, recipient: email }).then(({ url }) => waits.answerLink(stranger, { ...approved, token: tokenIn(url) }))).rejects.toMatchObject({ kind: "already_answered" });
      }
    });

    it("takes no answer once the role there is gone, nor of somebody whose account is switched off", async () => {
      const { scene, scope } = await openScene();
      const { workflow, person } = await insideFolder(scene, "operator");
      await grantPart(scope, person.id, "viewer", { workflowId: workflow.id });
      const waitId = await ask(scene, [person.email], 1, null, "startedById", workflow);
      const token = tokenIn(mailTo(person.email)[0]!.text);
      await rawDb().accessGrant.deleteMany({ where: { userId: person.id, role: "operator" } });
      await expect(waits.answerLink(stranger, { ...approved, token })).rejects.toMatchObject({ kind: "forbidden", message: "Your role may not answer." });
      expect(await waits.makeLinkFor({ workspaceId: scope.workspaceId, waitId, recipient: person.email })).toBeNull();
      await rawDb().accessGrant.deleteMany({ where: { userId: person.id } });
      const { url } = (await waits.makeLinkFor({ workspaceId: scope.workspaceId, waitId, recipient: person.email }))!;
      await rawDb().user.update({ where: { id: person.id }, data: { disabledAt: new Date() } });
      await expect(waits.answerLink(stranger, { ...approved, token: tokenIn(url) })).rejects.toMatchObject({ kind: "link_invalid" });
      expect(await waits.makeLinkFor({ workspaceId: scope.workspaceId, waitId, recipient: person.email })).toBeNull();
    });
  });

  it("asks people with a custom role, by its name or by address, and nobody of one that may not answer", async () => {
    const { scene, scope } = await openScene();
    const [ada, bo, cy] = [await makePerson(scope.organizationId), await makePerson(scope.organizationId), await makePerson(scope.organizationId)];
    await giveCustomRole(scope, ada.id, "Finance", ["run:read", "wait:answer"]);
    await giveCustomRole(scope, bo.id, "Desk", ["run:read", "wait:answer"]);
    await giveCustomRole(scope, cy.id, "Readers", ["run:read"]);
    const waitId = await ask(scene, ["finance", bo.email, cy.email, "Readers"], 2);
    expect([ada, bo, cy].map(({ email }) => mailTo(email).length)).toEqual([1, 1, 0]);
    const inside = async ({ id }: { id: string }) => openUserScope(id, { id: scope.workspaceId });
    expect(await Promise.all([ada, bo, cy].map(async (person) => (await alerts.countUnread({ scope: await inside(person) })).count))).toEqual([1, 1, 0]);
    expect((await waits.listMyWaits({ scope: await inside(ada) }, { limit: 10 })).items.map(({ id }) => id)).toEqual([waitId]);
    await waits.answerLink(stranger, { name: "", decision: "approved", comment: "", token: tokenIn(mailTo(ada.email)[0]!.text) });
    expect(await waits.answerWait({ scope: await inside(bo) }, { waitId, decision: "approved", comment: "" })).toMatchObject({ closed: true });
    expect((await waits.getWait({ scope }, { waitId })).asked).toMatchObject([{ who: "finance", kind: "role", answered: true }, { answered: true }, { answered: false }, { answered: false }]);
  });

  it("asks people with a role in the workflow's folder, by role and when nobody is named, and nobody of another folder", async () => {
    const { scene } = await openScene();
    const [ours, theirs] = [await insideFolder(scene, "operator"), await insideFolder(scene, "operator")];
    const inside = await ours.open();
    for (const approvers of [["operator"], []]) {
      const waitId = await ask(scene, approvers, 1, null, "startedById", ours.workflow);
      expect((await alerts.listInbox({ scope: inside }, { limit: 10, unread: true })).items).toMatchObject([{ path: `/approvals?wait=${waitId}` }]);
      expect(await alerts.countUnread({ scope: await theirs.open() })).toEqual({ count: 0 });
      expect(await waits.countOpenWaits({ scope: inside })).toMatchObject({ mine: 1 });
      expect(await waits.answerWait({ scope: inside }, { waitId, decision: "approved", comment: "" })).toMatchObject({ closed: true });
    }
    expect(mailTo(ours.person.email)).toHaveLength(1);
  });

  it("of a folder is theirs to answer also for those who read everything", async () => {
    const { scene, scope } = await openScene();
    const { workflow, folderId } = await insideFolder(scene, "operator");
    const viewer = await makeScope("viewer", scope.workspaceId);
    await grantPart(scope, viewer.userId!, "operator", { folderId });
    const [here, elsewhere] = [await ask(scene, [], 1, null, "startedById", workflow), await ask(scene, [])];
    const whole = (await openUserScope(viewer.userId!, { id: scope.workspaceId })).for("run:read");
    expect(await waits.countOpenWaits({ scope: whole })).toMatchObject({ mine: 1, others: 1 });
    expect(await waits.getWait({ scope: whole }, { waitId: here })).toMatchObject({ mayAnswer: true });
    expect(await waits.getWait({ scope: whole }, { waitId: elsewhere })).toMatchObject({ mayAnswer: false, refusal: "Your role may not answer." });
  });

  it("says whose its link is, and who else is signed in", async () => {
    const { scene, operator } = await openScene();
    await ask(scene, ["operator", "guest@example.com"]);
    const email = await emailOf(operator.userId);
    const [own, guest] = [email, "guest@example.com"].map((address) => tokenIn(mailTo(address)[0]!.text)) as [string, string];
    const view = (token: string, userId: string | null, address: string) => waits.viewLink({ ...stranger, session: userId === null ? null : { userId, email: address, name: "Bea" } }, { token });
    expect(await view(own, null, "")).toMatchObject({ owner: { name: "Test operator", address: email }, signedInAs: null });
    expect(await view(own, operator.userId, email)).toMatchObject({ signedInAs: null });
    expect(await view(own, newId(), "bea@example.com")).toMatchObject({ signedInAs: "Bea" });
    expect(await view(guest, newId(), "guest@example.com")).toMatchObject({ owner: { name: null, address: "guest@example.com" }, signedInAs: null });
    expect(await view(guest, operator.userId, email)).toMatchObject({ signedInAs: "Bea" });
  });

  it("takes no answer by the link of somebody who is no member any more", async () => {
    const { scene, operator } = await openScene();
    await ask(scene, ["operator"]);
    const token = tokenIn(mail.mails[0]!.text);
    await rawDb().membership.deleteMany({ where: { userId: operator.userId! } });
    await expect(waits.answerLink(stranger, { token, name: "", decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "link_invalid" });
  });

  it("takes no answer by the link of a member who lost the role that was asked, nor once the workspace is archived", async () => {
    const { scene, scope, operator } = await openScene();
    await ask(scene, ["operator"]);
    const answer = (token: string) => waits.answerLink(stranger, { token, name: "", decision: "approved", comment: "" });
    const token = tokenIn(mail.mails[0]!.text);
    await rawDb().membership.updateMany({ where: { userId: operator.userId! }, data: { role: "viewer" } });
    await expect(answer(token)).rejects.toMatchObject({ kind: "forbidden" });
    await rawDb().membership.updateMany({ where: { userId: operator.userId! }, data: { role: "operator" } });
    await rawDb().workspace.update({ where: { id: scope.workspaceId }, data: { archivedAt: new Date() } });
    await expect(answer(token)).rejects.toMatchObject({ kind: "archived" });
    await rawDb().workspace.update({ where: { id: scope.workspaceId }, data: { archivedAt: null } });
    await expect(answer(token)).resolves.toMatchObject({ closed: true });
  });
});
