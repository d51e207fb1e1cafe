import type { z } from "zod";
import { findAccess } from "@/server/auth/access";
import { hashToken, newToken } from "@/server/auth/one-time-token";
import { countAttempt } from "@/server/auth/rate-limit";
import { rolesHeld } from "@/server/auth/roles-held";
import { openSystemScope, type Scope } from "@/server/auth/scope";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { type Responder, takeAnswer } from "./answers";
import { announce } from "@/server/queue/dispatch";
import { fourEyesRefusal } from "./four-eyes";
import type { answerLinkInput, answerWaitOutput, createLinkInput, LinkView } from "./contract";
import { LargeTexts } from "./large-texts";
import { isStillShared, requireRightToShare } from "./open-links";
import { lockOpenWait, waitingRuns, workflowOfRun } from "./queries";
import { hasAnswered } from "./same-person";
import { approvalOf, toWaitSummary } from "./views";

interface Context {
  scope: Scope;
}
interface Stranger {
  origin: RequestOrigin & { ip: string };
}
interface Viewer extends Stranger {
  /** Who is signed in in this browser. */
  session?: { userId: string; email: string; name: string } | null;
}

/** So long a link works that somebody makes, unless the approval ends before. */
const LINK_DAYS = 14;

/** A link that answers this wait once, whoever holds it. The wait belongs to one run, step and attempt, and so does the link. */
export async function createLink({ scope }: Context, { waitId, recipient }: z.output<typeof createLinkInput>): Promise<{ url: string }> {
  const { token, hash } = newToken();
  await scope.db.transaction(async (tx) => {
    const wait = await lockOpenWait(tx, waitId);
    if (wait.kind !== "approval") throw new DomainError("invalid_input", { field: "waitId", reason: `names a wait for ${wait.kind}, not for an answer` });
    await requireRightToShare(tx, scope, wait);
    const id = newId();
    await tx.waitLink.create({ data: { id, workspaceId: scope.workspaceId, waitId, tokenHash: new Uint8Array(hash), recipient, madeBy: scope.actor.name, madeByUserId: scope.userId, madeByTokenId: scope.actor.type === "token" ? scope.actor.id : null, ...programOf(scope), expiresAt: soonest(wait.until) } });
    await recordAudit(tx, scope, { action: "approval.link_created", resource: { type: "wait", id: waitId }, after: { recipient, runId: wait.runId, path: wait.path } });
  });
  return { url: `${env.MILLRACE_URL}/a/${token}` };
}

/** Which one made it, where no person did; of a step of a run the person whose run it is. */
function programOf({ userId, acting: { type, id } }: Scope) {
  return userId === null && id !== null && type !== "system" ? { madeByType: type, madeById: id } : {};
}

function soonest(until: Date | null): Date {
  const most = new Date(Date.now() + LINK_DAYS * 86_400_000);
  return until === null || until > most ? most : until;
}

/**
 * A link for somebody who is asked by mail, made when the mail is sent; an earlier one of theirs that was not used ends. Null: there
 * is nothing for them to answer any more, or they may not. Whoever has a role at the run's workflow, be it in its folder alone, answers as themselves.
 */
export async function makeLinkFor({ workspaceId, waitId, recipient }: { workspaceId: string; waitId: string; recipient: string }): Promise<{ url: string; message: string } | null> {
  const { token, hash } = newToken();
  const scope = await openSystemScope(workspaceId, { type: "system", id: null, name: "Millrace" }, ["wait:answer"]);
  return scope.db.transaction(async (tx) => {
    const wait = await lockOpenWait(tx, waitId).catch((error: unknown) => {
      if (DomainError.is(error, "wait_closed")) return null;
      throw error;
    });
    if (wait === null) return null;
    const account = await accountAt(tx, recipient);
    const userId = account?.id ?? null;
    const workflowId = await workflowOfRun(tx, wait.runId);
    const held = (await rolesHeld(tx, userId === null ? [] : [userId], [workflowId]))(userId, workflowId);
    const isMember = held.names.length > 0;
    if (account?.isDisabled === true || (isMember && !held.permissions.has("wait:answer"))) return null;
    const earlier = await tx.waitResponse.findMany({ where: { waitId }, select: { userId: true, via: true, behindId: true } });
    if (await hasAnswered(tx, waitId, earlier, { userId, via: "link", link: { id: null, recipient } })) return null;
    if ((await fourEyesRefusal(tx, wait, { userId, email: recipient, via: "link" })) !== null) return null;
    await tx.waitLink.deleteMany({ where: { waitId, recipient, usedAt: null } });
    await tx.waitLink.create({ data: { id: newId(), workspaceId, waitId, tokenHash: new Uint8Array(hash), recipient, mailed: true, userId: isMember ? userId : null, expiresAt: wait.until } });
    await recordAudit(tx, scope, { action: "approval.link_created", resource: { type: "wait", id: waitId }, after: { recipient, runId: wait.runId, path: wait.path, via: "mail" } });
    return { url: `${env.MILLRACE_URL}/a/${token}`, message: approvalOf(wait).message };
  });
}

/** The account of the organization that has an address. */
async function accountAt(tx: Pick<Tx, "user">, address: string): Promise<{ id: string; isDisabled: boolean } | null> {
  const found = await tx.user.findFirst({ where: { email: address.toLowerCase() }, select: { id: true, disabledAt: true } });
  return found === null ? null : { id: found.id, isDisabled: found.disabledAt !== null };
}

async function findLink({ origin }: Stranger, token: string) {
  await countAttempt("answerLinkByAddress", origin.ip);
  const link = await rawDb().waitLink.findUnique({ where: { tokenHash: new Uint8Array(hashToken(token)) }, include: { wait: { include: { _count: { select: { responses: true } } } } } });
  if (link === null || (link.usedAt === null && !(await isStillShared(link)))) throw new DomainError("link_invalid", { what: "link" });
  return link;
}

export async function viewLink({ session = null, ...stranger }: Viewer, { token }: { token: string }): Promise<LinkView> {
  const link = await findLink(stranger, token);
  const run = (await waitingRuns(rawDb(), [link.wait.runId])).get(link.wait.runId);
  const { title, message, form, requiredAnswers, answers, until, isTest } = toWaitSummary(link.wait, run);
  const ended = endOf(link);
  // A used-up link tells nothing but that it is.
  const shown = ended === null ? { title, message, form } : { title: "", message: "", form: null };
  return { ended, ...shown, workflowName: ended === null ? (run?.workflow?.name ?? "") : "", isTest: ended === null && isTest, requiredAnswers, answers, until, ...(ended === null ? await ownerOf(link, session) : { owner: null, signedInAs: null }) };
}

/** Whose a mailed link is, and who else is signed in where it was opened. */
async function ownerOf({ mailed, userId, recipient }: Link, session: Viewer["session"]): Promise<Pick<LinkView, "owner" | "signedInAs">> {
  if (!mailed || !recipient) return { owner: null, signedInAs: null };
  const person = userId === null ? null : await rawDb().user.findUnique({ where: { id: userId }, select: { name: true, email: true } });
  const isOwn = session == null || session.userId === userId || session.email === recipient.toLowerCase();
  return { owner: { name: person === null ? null : (person.name ?? person.email), address: recipient }, signedInAs: isOwn ? null : session.name || session.email };
}

/** Where nothing can be changed any more, links change nothing either. */
async function requireOpenPlace(workspaceId: string): Promise<void> {
  const open = { deletedAt: null, archivedAt: null };
  if ((await rawDb().workspace.count({ where: { id: workspaceId, ...open, organization: open } })) === 0) throw new DomainError("archived", { what: "workspace", id: workspaceId });
}

type Link = Awaited<ReturnType<typeof findLink>>;

function endOf({ usedAt, expiresAt, wait }: Link): LinkView["ended"] {
  if (usedAt !== null) return "used";
  if (wait.status === "answered" || wait.status === "cancelled") return wait.status;
  const isOver = wait.status !== "open" || (expiresAt !== null && expiresAt.getTime() <= Date.now());
  return isOver ? "expired" : null;
}

/** Whoever holds a link can say to be anybody: what is known is by whose link it was. */
function nameOfStranger({ recipient, madeBy, mailed }: Pick<Link, "recipient" | "madeBy" | "mailed">, said: string): string {
  const whose = recipient || "somebody";
  // One that an earlier release made may be anybody's.
  const link = mailed ? `by the link mailed to ${whose}` : `by a link${madeBy === null ? "" : ` made by ${madeBy}`}`;
  if (said !== "" && said !== recipient) return `Says to be ${said}, ${link}${!mailed && recipient ? ` for ${recipient}` : ""}`;
  if (!mailed && madeBy === null) return `Somebody, ${link} for ${whose}`;
  return mailed && recipient ? recipient : `${recipient || "Somebody"}, ${link}`;
}

export async function answerLink(stranger: Stranger, { token, name, ...answer }: z.output<typeof answerLinkInput>): Promise<z.output<typeof answerWaitOutput>> {
  const link = await findLink(stranger, token);
  const ended = endOf(link);
  if (ended === "used") throw new DomainError("link_invalid", { what: "link" });
  if (ended !== null) throw new DomainError("wait_closed", { waitId: link.waitId, status: ended });
  await requireOpenPlace(link.workspaceId);
  const person = link.userId === null ? null : ((await findAccess(link.userId, { id: link.workspaceId }))?.person ?? null);
  // Made for a member who is none any more.
  if (link.userId !== null && person === null) throw new DomainError("link_invalid", { what: "link" });
  const shownAs = person?.name ?? person?.email ?? nameOfStranger(link, name);
  const scope = await openSystemScope(link.workspaceId, { type: "link", id: link.id, name: shownAs }, ["wait:answer"], stranger.origin);
  // Mailed to an address without a role there, which has an account all the same: the answer is that one's.
  const account = link.userId === null && link.mailed && link.recipient ? await accountAt(scope.db, link.recipient) : null;
  if (account?.isDisabled === true) throw new DomainError("link_invalid", { what: "link" });
  const responder: Responder = { userId: link.userId ?? account?.id ?? null, name: shownAs, via: "link", link, byLinkAlone: link.userId === null };
  const at = new Date();
  const { outcome, ready } = await LargeTexts.around(link.workspaceId, link.wait.runId, (large) =>
    scope.db.transaction(async (tx) => {
      const { count } = await tx.waitLink.updateMany({ where: { id: link.id, usedAt: null }, data: { usedAt: at } });
      if (count === 0) throw new DomainError("link_invalid", { what: "link" });
      return takeAnswer(tx, scope, link.waitId, answer, responder, { large, at });
    }),
  );
  announce(ready);
  return outcome;
}

