import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { dispatchFacts } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import { insertFacts } from "@/server/queue/platform-facts";
import { makeScope } from "@/server/testing/factories";
import * as waits from "@/server/waits/service";
import * as alerts from "./service";
import { type MailSink, openMailSink } from "./testing/sinks";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let mail: MailSink;
const stranger = { origin: { ip: "test" } };
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
async function ask(scene: FactScene, approvers: string[], requiredAnswers = 1, notFor: string | null = null, as: "startedById" | "startedForId" = "startedById"): Promise<string> {
  const { scope } = scene;
  const { id: workflowId, versionId } = await scene.workflow(`Ask ${newId()}`);
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
