import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBlobText } from "@/server/blobs/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";
import { approvalPayloadSchema } from "@/server/nodes/wait-details";
import { insertRun } from "@/server/queue/dispatch";
import { makeMember, makeScope } from "@/server/testing/factories";
import { openSystemScope, openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { signalRun } from "@/server/runs/service";
import { createToken } from "@/server/tokens/service";
import * as service from "./service";

let ann: Scope;
let ben: Scope;

beforeAll(async () => {
  ann = await makeScope("operator");
  ben = await makeScope("operator", ann.workspaceId);
});
afterAll(closeConnections);

const FORM = { type: "object", required: ["amount"], properties: { amount: { type: "number", maximum: 100 } } };

interface Asked {
  approvers?: string[];
  requiredAnswers?: number;
  kind?: "approval" | "signal" | "delay";
  excludesStarter?: boolean;
  startedById?: string;
  startedForId?: string;
  rootRunId?: string;
  mode?: "test" | "production";
}

async function openWait({ approvers = [], requiredAnswers = 1, kind = "approval", excludesStarter = false, startedById, startedForId, rootRunId, mode = "test" }: Asked = {}): Promise<{ waitId: string; runId: string }> {
  const [runId, waitId] = [newId(), newId()];
  const run = { id: runId, workspaceId: ann.workspaceId, workflowId: null, versionId: null, mode, pool: "default", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: rootRunId ?? runId, depth: 0, labels: {}, options: {}, ...(startedById === undefined ? {} : { startedById }), ...(startedForId === undefined ? {} : { startedForId }) };
  await ann.db.transaction((tx) => insertRun(tx, run));
  await ann.db.runQueue.update({ where: { runId }, data: { state: "waiting", startedAt: new Date() } });
  const detail = { title: "Pay?", message: "An invoice", form: FORM, approvers, requiredAnswers, excludesStarter };
  await ann.db.wait.create({ data: { id: waitId, workspaceId: ann.workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind, signal: kind === "signal" ? "paid" : null, requiredAnswers, ...(kind === "approval" ? { detail } : {}) } });
  return { waitId, runId };
}

async function addWait(runId: string, path: string): Promise<string> {
  const id = newId();
  await ann.db.wait.create({ data: { id, workspaceId: ann.workspaceId, runId, path, attempt: 1, nodeId: path, kind: "signal", signal: "paid", openedAt: new Date(Date.now() + 60_000) } });
  return id;
}

const approve = (scope: Scope, waitId: string, amount: unknown = 5) => service.answerWait({ scope }, { waitId, decision: "approved", values: { amount }, comment: "fine" });
const inboxOf = (runId: string) => ann.db.runInbox.findMany({ where: { runId }, orderBy: { seq: "asc" } });
const stranger = { origin: { ip: "test", userAgent: null, requestId: null } };
const tokenOf = (url: string) => url.split("/a/")[1] ?? "";

describe("answers", () => {
  it("come too late after the time to answer, although no worker has closed the wait yet", async () => {
    const [asked, signal] = [await openWait(), await openWait({ kind: "signal" })];
    await rawDb().$executeRaw`update wait set until = now() - interval '1 second' where id in (${asked.waitId}::uuid, ${signal.waitId}::uuid)`;
    await expect(approve(ann, asked.waitId)).rejects.toMatchObject({ kind: "wait_closed" });
    await expect(service.resumeWait({ scope: ann }, { waitId: signal.waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "wait_closed" });
    expect([...(await inboxOf(asked.runId)), ...(await inboxOf(signal.runId))]).toEqual([]);
    await rawDb().$executeRaw`update wait set until = now() + interval '1 hour' where id = ${asked.waitId}::uuid`;
    expect(await approve(ann, asked.waitId)).toMatchObject({ closed: true });
  });

  it("are collected until enough people approved, then go to the run once", async () => {
    const { waitId, runId } = await openWait({ requiredAnswers: 2 });
    expect(await approve(ann, waitId)).toEqual({ waitId, answers: 1, requiredAnswers: 2, closed: false });
    await expect(approve(ann, waitId)).rejects.toMatchObject({ kind: "already_answered" });
    expect(await inboxOf(runId)).toEqual([]);
    expect(await approve(ben, waitId, 7)).toMatchObject({ answers: 2, closed: true });
    const [message, ...others] = await inboxOf(runId);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ kind: "answer", path: "ask", attempt: 1 });
    expect(approvalPayloadSchema.parse(message?.payload).answers).toMatchObject([
      { decision: "approved", values: { amount: 5 }, comment: "fine" },
      { decision: "approved", values: { amount: 7 } },
    ]);
    expect(await ann.db.runQueue.findFirst({ where: { runId } })).toMatchObject({ state: "queued" });
    const third = await makeScope("operator", ann.workspaceId);
    await expect(approve(third, waitId)).rejects.toMatchObject({ kind: "wait_closed" });
    expect(await service.getWait({ scope: third }, { waitId })).toMatchObject({ status: "answered", mayAnswer: false, answers: 2 });
  });

  it("decide at once when they reject, without a filled form", async () => {
    const { waitId, runId } = await openWait({ requiredAnswers: 3 });
    expect(await service.answerWait({ scope: ann }, { waitId, decision: "rejected", comment: "no" })).toMatchObject({ closed: true });
    expect(await inboxOf(runId)).toHaveLength(1);
  });

  it("count once when they come at the same moment", async () => {
    const { waitId, runId } = await openWait();
    const results = await Promise.allSettled([approve(ann, waitId), approve(ben, waitId)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await inboxOf(runId)).toHaveLength(1);
  });

  it("to a signal: one counts, whether by the wait or by its name, and whoever comes later is told", async () => {
    const resume = (waitId: string, payload: unknown) => service.resumeWait({ scope: ann }, { waitId, payload, decision: "approved", comment: "" });
    const send = (runId: string, payload: unknown) => signalRun({ scope: ann }, { runId, name: "paid", payload });
    const closed = { kind: "wait_closed", data: { status: "answered" } };
    const both = await openWait({ kind: "signal" });
    const answers = await Promise.allSettled([resume(both.waitId, 1), resume(both.waitId, 2)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(answers.find(({ status }) => status === "rejected")).toMatchObject({ reason: closed });
    expect(await inboxOf(both.runId)).toMatchObject([{ kind: "answer", path: "ask", attempt: 1 }]);
    // The worker is not back yet: the wait is open as before.
    const named = await openWait({ kind: "signal" });
    await send(named.runId, 1);
    await expect(resume(named.waitId, 2)).rejects.toMatchObject(closed);
    expect(await inboxOf(named.runId)).toMatchObject([{ path: null, payload: 1 }]);
    // Of two waits of one name it is for the one opened first, and what a wait has used up counts for none.
    const second = await addWait(named.runId, "second");
    await expect(resume(named.waitId, 2)).rejects.toMatchObject(closed);
    expect(await resume(second, 3)).toMatchObject({ closed: true });
    const again = await openWait({ kind: "signal" });
    await send(again.runId, 1);
    await rawDb().runEvent.create({ data: { runId: again.runId, seq: 1, workspaceId: ann.workspaceId, type: "signal", path: "before", body: { attempt: 1, ref: "inbox:1" }, at: new Date() } });
    expect(await resume(again.waitId, 2)).toMatchObject({ closed: true });
    await expect(resume(again.waitId, 3)).rejects.toMatchObject(closed);
  });

  it("to a signal by the wait and by its name at the same moment: none is accepted and dropped", async () => {
    for (let round = 0; round < 10; round++) {
      const { waitId, runId } = await openWait({ kind: "signal" });
      const [resumed] = await Promise.allSettled([
        service.resumeWait({ scope: ann }, { waitId, payload: "wait", decision: "approved", comment: "" }),
        signalRun({ scope: ann }, { runId, name: "paid", payload: "name" }),
      ]);
      // A signal after the answer is kept for the next wait of its name.
      expect((await inboxOf(runId)).map(({ payload }) => payload)).toEqual(resumed.status === "fulfilled" ? ["wait", "name"] : ["name"]);
    }
  });

  it("must fit the form", async () => {
    const { waitId } = await openWait();
    await expect(approve(ann, waitId, 500)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "values/amount" } });
    await expect(service.answerWait({ scope: ann }, { waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "invalid_input" });
  });

  it("four eyes: do not come from whoever started the run, on the page, by a link or by a program", async () => {
    const { userId } = ann;
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: userId! } });
    const own = await openWait({ excludesStarter: true, startedById: userId! });
    const child = await openWait({ excludesStarter: true, rootRunId: own.runId, approvers: [email] });
    const behind = await openWait({ excludesStarter: true, startedById: ben.userId!, startedForId: userId! });
    const free = await openWait({ startedById: userId! });
    // The outermost run is gone: anybody may have started it.
    const orphan = await openWait({ excludesStarter: true, rootRunId: newId() });
    const mine = async (scope: Scope) => new Set((await service.listMyWaits({ scope }, { limit: 100 })).items.map(({ id }) => id));
    const [ofAnn, ofBen] = [await mine(ann), await mine(ben)];
    expect([own, child, free].map(({ waitId }) => [ofAnn.has(waitId), ofBen.has(waitId)])).toEqual([[false, true], [false, false], [true, true]]);
    expect([ofAnn.has(orphan.waitId), ofBen.has(orphan.waitId)]).toEqual([false, false]);
    await expect(approve(ben, orphan.waitId)).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("nobody can answer") as string });
    const refused = { kind: "forbidden", message: "You started this run, and somebody else has to answer." };
    for (const { waitId } of [own, child, behind]) {
      expect(await service.getWait({ scope: ann }, { waitId })).toMatchObject({ mayAnswer: false, refusal: refused.message });
      await expect(approve(ann, waitId)).rejects.toMatchObject(refused);
      await expect(service.answerWait({ scope: ann }, { waitId, decision: "rejected", comment: "" })).rejects.toMatchObject(refused);
      await expect(service.createLink({ scope: ann }, { waitId, recipient: "" })).rejects.toMatchObject(refused);
      expect(await service.makeLinkFor({ workspaceId: ann.workspaceId, waitId, recipient: email })).toBeNull();
      const program = await openSystemScope(ann.workspaceId, { type: "token", id: newId(), name: "program" }, ["wait:answer"]);
      await expect(approve(program, waitId)).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("A person has to answer") as string });
    }
    // Somebody else's link to the starter's address is theirs all the same, however it is written.
    const { url } = await service.createLink({ scope: ben }, { waitId: own.waitId, recipient: email.toUpperCase() });
    await expect(service.answerLink(stranger, { token: tokenOf(url), name: "x", decision: "approved", values: { amount: 5 }, comment: "" })).rejects.toMatchObject(refused);
    expect(await rawDb().waitResponse.count({ where: { waitId: own.waitId } })).toBe(0);
    expect(await approve(ben, own.waitId)).toMatchObject({ closed: true });
    expect(await approve(ann, free.waitId)).toMatchObject({ closed: true });
  });

  it("come from those who were asked only", async () => {
    const member = await makeMember(ann.workspaceId, "operator");
    const asked = await openUserScope(member.id, { id: ann.workspaceId });
    const byAddress = await openWait({ approvers: [member.email.toUpperCase()] });
    const byRole = await openWait({ approvers: ["admin"] });
    await expect(approve(ann, byAddress.waitId)).rejects.toMatchObject({ kind: "forbidden" });
    expect(await service.getWait({ scope: ann }, { waitId: byAddress.waitId })).toMatchObject({ mayAnswer: false, refusal: expect.stringContaining("may answer") as string });
    const ids = async (scope: Scope) => (await service.listMyWaits({ scope }, { limit: 100 })).items.map(({ id }) => id);
    expect(await ids(asked)).toContain(byAddress.waitId);
    expect(await ids(ann)).not.toContain(byAddress.waitId);
    expect(await approve(asked, byAddress.waitId)).toMatchObject({ closed: true });
    expect(await ids(asked)).not.toContain(byAddress.waitId);
    await expect(approve(asked, byRole.waitId)).rejects.toMatchObject({ kind: "forbidden" });
    expect(await approve(await makeScope("admin", ann.workspaceId), byRole.waitId)).toMatchObject({ closed: true });
  });

  it("leave the box of those who answered, and say who is still asked", async () => {
    const [asked, other] = [await makeMember(ann.workspaceId, "operator"), await makeScope("builder", ann.workspaceId)];
    const scope = await openUserScope(asked.id, { id: ann.workspaceId });
    const before = { asked: await service.countOpenWaits({ scope }), other: await service.countOpenWaits({ scope: other }) };
    const { waitId } = await openWait({ approvers: [asked.email, "admin"], requiredAnswers: 2 });
    const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
    const pageInput = { limit: 100 };
    expect(await service.countOpenWaits({ scope })).toEqual({ ...before.asked, mine: before.asked.mine + 1 });
    expect(await service.countOpenWaits({ scope: other })).toEqual({ ...before.other, others: before.other.others + 1 });
    expect(ids(await service.listOthersWaits({ scope: other }, pageInput))).toContain(waitId);
    expect(ids(await service.listOthersWaits({ scope }, pageInput))).not.toContain(waitId);
    const everybody = (await service.getWait({ scope: other }, { waitId })).asked;
    expect(everybody).toEqual([
      { who: asked.email, kind: "person", name: "Test operator", answered: false },
      { who: "admin", kind: "role", name: null, answered: false },
    ]);
    await approve(scope, waitId);
    expect((await service.getWait({ scope: other }, { waitId })).asked.map(({ answered }) => answered)).toEqual([true, false]);
    expect(ids(await service.listOthersWaits({ scope }, pageInput))).toContain(waitId);
    const [latest] = (await service.listAnsweredWaits({ scope }, { limit: 1 })).items;
    expect(latest).toMatchObject({ id: waitId, status: "open", answer: { decision: "approved", comment: "fine" } });
    expect((await service.listAnsweredWaits({ scope: other }, pageInput)).items).toEqual([]);
  });

  it("wait for others when one's role may not answer", async () => {
    const viewer = await makeScope("viewer", ann.workspaceId);
    const { waitId } = await openWait();
    expect((await service.listOthersWaits({ scope: viewer }, { limit: 100 })).items.map(({ id }) => id)).toContain(waitId);
    expect((await service.countOpenWaits({ scope: viewer })).mine).toBe(0);
  });

  it("lie in the blob store when they are too large for a row, and are the same answers to run and people", async () => {
    const { waitId, runId } = await openWait({ requiredAnswers: 2 });
    const values = (amount: number) => ({ amount, note: `${amount} `.repeat(env.PAYLOAD_INLINE_MAX_BYTES / 2) });
    const answer = (scope: Scope, amount: number) => service.answerWait({ scope }, { waitId, decision: "approved", values: values(amount), comment: "long" });
    await answer(ann, 10);
    const { url } = await service.createLink({ scope: await makeScope("admin", ann.workspaceId) }, { waitId, recipient: "" });
    await service.answerLink(stranger, { token: tokenOf(url), decision: "approved", values: values(20), comment: "", name: "Cleo" });
    const rows = await rawDb().waitResponse.findMany({ where: { waitId }, orderBy: { answeredAt: "asc" } });
    expect(rows.map(({ payload }) => payload)).toEqual([{ values: { $blob: expect.any(String) as string, size: expect.any(Number) as number }, comment: "long" }, { values: { $blob: expect.any(String) as string, size: expect.any(Number) as number }, comment: "" }]);
    const [message] = await inboxOf(runId);
    const reference = readBlobReference(JSON.stringify(message?.payload))!;
    const { answers } = approvalPayloadSchema.parse(decodeValue((await readBlobText(ann.workspaceId, reference.id))!));
    expect(answers.map((one) => one.values)).toEqual([values(10), values(20)]);
    expect((await service.getWait({ scope: ann }, { waitId })).responses.map((one) => one.values)).toEqual([values(10), values(20)]);
    // All of them are the run's: they go with it.
    expect(await rawDb().blob.count({ where: { ownerType: "run", ownerId: runId } })).toBe(3);
    await rawDb().blob.updateMany({ where: { ownerId: runId }, data: { state: "writing" } });
    expect((await service.getWait({ scope: ann }, { waitId })).responses[0]?.values).toMatch(/^a value of \d+ bytes, which is not kept any more$/);
  });

  it("go nowhere when the run has ended", async () => {
    const { waitId, runId } = await openWait();
    await rawDb().runQueue.delete({ where: { runId } });
    await expect(approve(ann, waitId)).rejects.toMatchObject({ kind: "wait_closed" });
    expect(await service.getWait({ scope: ann }, { waitId })).toMatchObject({ status: "open", responses: [] });
  });
});

describe("signals by address", () => {
  it("end a wait with a payload", async () => {
    const { waitId, runId } = await openWait({ kind: "signal" });
    expect(await service.resumeWait({ scope: ann }, { waitId, payload: { paid: true }, decision: "approved", comment: "" })).toMatchObject({ closed: true });
    expect(await inboxOf(runId)).toMatchObject([{ kind: "answer", path: "ask", attempt: 1, name: "paid", payload: { paid: true } }]);
    const delay = await openWait({ kind: "delay" });
    await expect(service.resumeWait({ scope: ann }, { waitId: delay.waitId, decision: "approved", comment: "" })).rejects.toMatchObject({ kind: "invalid_input" });
  });
});

describe("signed links", () => {
  it("answer once, without a session, in the name of the link", async () => {
    const { waitId, runId } = await openWait();
    const token = tokenOf((await service.createLink({ scope: ann }, { waitId, recipient: "boss@example.com" })).url);
    expect(await rawDb().waitLink.count({ where: { tokenHash: new Uint8Array(Buffer.from(token, "base64url")) } })).toBe(0);
    expect(await service.viewLink(stranger, { token })).toMatchObject({ ended: null, title: "Pay?", form: FORM, answers: 0, isTest: true });
    expect(await service.getWait({ scope: ann }, await openWait({ mode: "production" }))).toMatchObject({ isTest: false });
    const answer = { token, decision: "approved" as const, values: { amount: 1 }, comment: "", name: "" };
    await expect(service.answerLink(stranger, { ...answer, values: { amount: "x" } })).rejects.toMatchObject({ kind: "invalid_input" });
    const both = await Promise.allSettled([service.answerLink(stranger, answer), service.answerLink(stranger, answer)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await service.viewLink(stranger, { token })).toMatchObject({ ended: "used", title: "", form: null });
    const by = `boss@example.com, by a link made by ${ann.actor.name}`;
    expect(await inboxOf(runId)).toMatchObject([{ payload: { answers: [{ by, values: { amount: 1 } }] } }]);
    expect(await rawDb().auditEvent.findFirst({ where: { resourceId: waitId, action: "approval.answered" } })).toMatchObject({ actorType: "link", actorName: by });
  });

  it("say whose link it was, whatever name its holder gives", async () => {
    const [made, mailed] = [await openWait(), await openWait()];
    const link = tokenOf((await service.createLink({ scope: ann }, { waitId: made.waitId, recipient: "boss@example.com" })).url);
    const mail = tokenOf((await service.makeLinkFor({ workspaceId: ann.workspaceId, waitId: mailed.waitId, recipient: "guest@example.com" }))!.url);
    const answer = { decision: "approved" as const, values: { amount: 1 }, comment: "", name: "Chief Executive" };
    for (const token of [link, mail]) await service.answerLink(stranger, { ...answer, token });
    const told = [`Says to be Chief Executive, by a link made by ${ann.actor.name} for boss@example.com`, "Says to be Chief Executive, by the link mailed to guest@example.com"];
    for (const [index, { waitId, runId }] of [made, mailed].entries()) {
      expect(await inboxOf(runId)).toMatchObject([{ payload: { answers: [{ by: told[index] }] } }]);
      expect(await rawDb().auditEvent.findFirst({ where: { resourceId: waitId, action: "approval.answered" } })).toMatchObject({ actorName: told[index], after: { by: told[index] } });
    }
  });

  it("claim nothing of whose they were when an earlier release made them", async () => {
    for (const [name, by] of [["", "Somebody, by a link for boss@example.com"], ["Chief Executive", "Says to be Chief Executive, by a link for boss@example.com"]] as const) {
      const { waitId, runId } = await openWait();
      const token = tokenOf((await service.createLink({ scope: ann }, { waitId, recipient: "boss@example.com" })).url);
      await rawDb().waitLink.updateMany({ where: { waitId }, data: { madeBy: null } });
      await service.answerLink(stranger, { token, decision: "approved", values: { amount: 1 }, comment: "", name });
      expect(await inboxOf(runId)).toMatchObject([{ payload: { answers: [{ by }] } }]);
    }
  });

  it("are worth nothing once the wait is over, or when they are made up", async () => {
    const { waitId } = await openWait();
    const token = tokenOf((await service.createLink({ scope: ann }, { waitId, recipient: "" })).url);
    await approve(ann, waitId);
    expect(await service.viewLink(stranger, { token })).toMatchObject({ ended: "answered" });
    await expect(service.answerLink(stranger, { token, decision: "approved", values: { amount: 1 }, comment: "", name: "" })).rejects.toMatchObject({ kind: "wait_closed", data: { status: "answered" } });
    await expect(service.viewLink(stranger, { token: "A".repeat(43) })).rejects.toMatchObject({ kind: "link_invalid" });
    await expect(service.createLink({ scope: ann }, { waitId, recipient: "" })).rejects.toMatchObject({ kind: "wait_closed" });
  });

  it("are handed out by those who may answer themselves, or who run the workspace", async () => {
    const asked = await makeMember(ann.workspaceId, "operator");
    const { waitId } = await openWait({ approvers: [asked.email] });
    await expect(service.createLink({ scope: ann }, { waitId, recipient: "" })).rejects.toMatchObject({ kind: "forbidden" });
    for (const scope of [await openUserScope(asked.id, { id: ann.workspaceId }), await makeScope("admin", ann.workspaceId)]) {
      expect(await service.createLink({ scope }, { waitId, recipient: "" })).toMatchObject({ url: expect.stringContaining("/a/") as string });
    }
  });

  it("attack: are worth nothing once whoever made them was removed, switched off or given less, and run out after two weeks", async () => {
    const asked = await makeMember(ann.workspaceId, "operator");
    const { waitId } = await openWait();
    const scope = await openUserScope(asked.id, { id: ann.workspaceId });
    const token = tokenOf((await service.createLink({ scope }, { waitId, recipient: "" })).url);
    const answer = { token, decision: "approved" as const, values: { amount: 1 }, comment: "", name: "" };
    const asViewer = rawDb().membership.updateMany({ where: { userId: asked.id }, data: { role: "viewer" } });
    const again = rawDb().membership.updateMany({ where: { userId: asked.id }, data: { role: "operator" } });
    const takings = [
      [() => asViewer, () => again],
      [() => rawDb().user.update({ where: { id: asked.id }, data: { disabledAt: new Date() } }), () => rawDb().user.update({ where: { id: asked.id }, data: { disabledAt: null } })],
    ] as const;
    for (const [take, giveBack] of takings) {
      await take();
      await expect(service.viewLink(stranger, { token })).rejects.toMatchObject({ kind: "link_invalid" });
      await expect(service.answerLink(stranger, answer)).rejects.toMatchObject({ kind: "link_invalid" });
      await giveBack();
      expect(await service.viewLink(stranger, { token })).toMatchObject({ ended: null });
    }
    const [link] = await rawDb().waitLink.findMany({ where: { waitId } });
    expect(link!.expiresAt!.getTime()).toBeLessThanOrEqual(Date.now() + 14 * 86_400_000);
    await rawDb().organizationMember.deleteMany({ where: { userId: asked.id } });
    await expect(service.answerLink(stranger, answer)).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await service.getWait({ scope: ann }, { waitId })).toMatchObject({ status: "open", responses: [] });
  });

  it("are listed with the approval, and taken back by whoever made them or may make them, and by nobody else", async () => {
    const asked = await makeMember(ann.workspaceId, "operator");
    const { waitId } = await openWait({ approvers: [asked.email] });
    const scope = await openUserScope(asked.id, { id: ann.workspaceId });
    const token = tokenOf((await service.createLink({ scope }, { waitId, recipient: "boss@example.com" })).url);
    const [link] = await service.listLinks({ scope }, { waitId });
    expect(link).toMatchObject({ recipient: "boss@example.com", madeBy: scope.actor.name, mailed: false, mayRevoke: true });
    const seen = await service.listLinks({ scope: ann }, { waitId });
    expect(seen.map(({ id, mayRevoke }) => [id, mayRevoke])).toEqual([[link!.id, false]]);
    const admin = await makeScope("admin", ann.workspaceId);
    expect([(await service.listLinks({ scope: admin }, { waitId }))[0]!.mayRevoke, (await service.getWait({ scope: admin }, { waitId })).seesLinks]).toEqual([true, true]);
    await expect(service.revokeLink({ scope: ann }, { waitId, linkId: link!.id })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.revokeLink({ scope }, { waitId: (await openWait()).waitId, linkId: link!.id })).rejects.toMatchObject({ kind: "not_found" });
    await service.revokeLink({ scope }, { waitId, linkId: link!.id });
    await expect(service.viewLink(stranger, { token })).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await service.listLinks({ scope }, { waitId })).toEqual([]);
    expect(await rawDb().auditEvent.count({ where: { resourceId: waitId, action: "approval.link_revoked" } })).toBe(1);
    await service.createLink({ scope }, { waitId, recipient: "" });
    const [other] = await service.listLinks({ scope }, { waitId });
    await service.revokeLink({ scope: await makeScope("admin", ann.workspaceId) }, { waitId, linkId: other!.id });
  });

  it("do not let one person be the several whose answers are needed", async () => {
    const { waitId } = await openWait({ requiredAnswers: 2 });
    await approve(ann, waitId);
    await expect(service.createLink({ scope: ann }, { waitId, recipient: "ann@home.example" })).rejects.toMatchObject({ kind: "forbidden" });
    const admins = [await makeScope("admin", ann.workspaceId), await makeScope("admin", ann.workspaceId)] as const;
    const several = await openWait({ requiredAnswers: 3 });
    const linkOf = async (scope: Scope, recipient: string) => tokenOf((await service.createLink({ scope }, { waitId: several.waitId, recipient })).url);
    const answer = (token: string) => service.answerLink(stranger, { token, decision: "approved", values: { amount: 1 }, comment: "", name: "" });
    const [second, others] = [await linkOf(admins[0], "boss@example.com"), await linkOf(admins[1], "")];
    expect(await answer(await linkOf(admins[0], ""))).toMatchObject({ answers: 1 });
    for (const again of [() => answer(second), () => approve(admins[0], several.waitId)]) await expect(again()).rejects.toMatchObject({ kind: "already_answered" });
    expect(await approve(admins[1], several.waitId)).toMatchObject({ answers: 2 });
    await expect(answer(others)).rejects.toMatchObject({ kind: "already_answered" });
  });

  it("attack: are worth nothing once the token that they were made with was revoked or has run out, by itself or for its organization", async () => {
    const ofOrganization = (tokenMaxDays: number | null) => rawDb().organization.update({ where: { id: ann.organizationId }, data: { tokenMaxDays } });
    for (const data of [{ revokedAt: new Date() }, { expiresAt: new Date(Date.now() - 1_000) }, { createdAt: new Date(Date.now() - 2 * 86_400_000), expiresAt: null }]) {
      const [{ waitId }, { id, token }] = [await openWait(), await createToken({ scope: ann }, { name: "Links", scopes: ["wait:answer", "run:read"], expiresInDays: 1 })];
      const { url } = await service.createLink({ scope: await openTokenScope(token, stranger.origin) }, { waitId, recipient: "" });
      await Promise.all([rawDb().apiToken.update({ where: { id }, data }), ofOrganization(1)]);
      await expect(service.answerLink(stranger, { token: tokenOf(url), decision: "approved", values: { amount: 1 }, comment: "", name: "" })).rejects.toMatchObject({ kind: "link_invalid" });
      await ofOrganization(null);
    }
  });
});

it("tokens that belong to nobody count as one person, and make no links by which they would be several", async () => {
  const [{ waitId }, program] = [await openWait({ requiredAnswers: 2 }), await openSystemScope(ann.workspaceId, { type: "token", id: newId(), name: "CI" })];
  expect(await approve(program, waitId)).toMatchObject({ answers: 1, closed: false });
  await expect(approve(program, waitId)).rejects.toMatchObject({ kind: "already_answered" });
  await expect(service.createLink({ scope: program }, { waitId, recipient: "" })).rejects.toMatchObject({ kind: "forbidden" });
});
