import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { decodePlace, encodePlace, pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { recordAudit } from "@/server/audit/service";
import { announce } from "@/server/queue/dispatch";
import type { Page } from "@/server/paging/contract";
import type { WaitSummary } from "@/server/runs/contract";
import { closeWait, mayAnswer, refusalFor, type Responder, takeAnswer, toAnswer } from "./answers";
import type * as contract from "./contract";
import { findOpenApprovals, findWait, findWaits, findWaitsOfRun, lockOpenWait, type WaitRow, workflowsOfRuns } from "./queries";
import { approvalOf, toWaitSummary } from "./views";

export { answerLink, createLink, viewLink } from "./links";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

/** How many approvals are looked at for one page of a person's inbox. */
const LOOKED_AT = 500;

export async function viewWaitsOfRun(tx: Tx, runId: string): Promise<WaitSummary[]> {
  const waits = await findWaitsOfRun(tx, runId);
  return waits.length === 0 ? [] : summarize(tx, waits);
}

async function summarize(tx: Tx, waits: WaitRow[]): Promise<WaitSummary[]> {
  const workflows = await workflowsOfRuns(tx, waits.map(({ runId }) => runId));
  return waits.map((wait) => toWaitSummary(wait, workflows.get(wait.runId) ?? null));
}

const placeOf = ({ openedAt, id }: WaitRow) => ({ at: openedAt, id });

export function listWaits({ scope }: Context, input: Input<typeof contract.listWaitsInput>): Promise<Page<WaitSummary>> {
  return scope.db.transaction(async (tx) => {
    const { items, nextCursor } = pageFrom(await findWaits(tx, input), input.limit, placeOf, (wait) => wait);
    return { items: await summarize(tx, items), nextCursor };
  });
}

/** Open approvals that this person may answer and has not answered. */
export function listMyWaits({ scope }: Context, { cursor, limit }: Input<typeof contract.myWaitsInput>): Promise<Page<WaitSummary>> {
  return scope.db.transaction(async (tx) => {
    const { userId } = scope;
    const person = userId === null ? null : await tx.user.findFirst({ where: { id: userId }, select: { email: true } });
    const memberships = userId === null ? [] : await tx.membership.findMany({ where: { userId }, select: { role: true } });
    const roles = memberships.map(({ role }) => role);
    const waits = await findOpenApprovals(tx, decodePlace(cursor), LOOKED_AT);
    const answered = userId === null ? [] : await tx.waitResponse.findMany({ where: { userId, waitId: { in: waits.map(({ id }) => id) } }, select: { waitId: true } });
    const done = new Set(answered.map(({ waitId }) => waitId));
    const mine = waits.filter((wait) => !done.has(wait.id) && mayAnswer(approvalOf(wait).approvers, person?.email ?? null, roles));
    const last = mine.length > limit ? mine[limit - 1] : waits.length === LOOKED_AT ? waits.at(-1) : undefined;
    return { items: await summarize(tx, mine.slice(0, limit)), nextCursor: last === undefined ? null : encodePlace(placeOf(last)) };
  });
}

export function getWait({ scope }: Context, { waitId }: { waitId: string }): Promise<contract.WaitDetail> {
  return scope.db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const [summary] = await summarize(tx, [wait]);
    const responses = await tx.waitResponse.findMany({ where: { waitId }, orderBy: [{ answeredAt: "asc" }, { id: "asc" }] });
    const refusal = await whyNot(tx, scope, wait, responses.some(({ userId }) => userId !== null && userId === scope.userId));
    return { ...summary!, responses: responses.map((row) => ({ id: row.id, ...toAnswer(row) })), mayAnswer: refusal === null, refusal };
  });
}

async function whyNot(tx: Tx, scope: Scope, wait: WaitRow, hasAnswered: boolean): Promise<string | null> {
  if (wait.kind !== "approval") return "This waits for something else than an answer.";
  if (wait.status !== "open") return "This is not waiting for an answer any more.";
  if (hasAnswered) return "You have answered already.";
  if (!scope.can("wait:answer")) return "Your role may not answer.";
  return refusalFor(tx, approvalOf(wait).approvers, responderOf(scope));
}

function responderOf(scope: Scope): Responder {
  return { userId: scope.userId, name: scope.actor.name, via: scope.actor.type === "token" ? "api" : "page" };
}

export async function answerWait({ scope }: Context, { waitId, ...answer }: Input<typeof contract.answerWaitInput>): Promise<Input<typeof contract.answerWaitOutput>> {
  const { outcome, ready } = await scope.db.transaction((tx) => takeAnswer(tx, scope, waitId, answer, responderOf(scope)));
  announce(ready);
  return outcome;
}

/** For programs: ends a wait for a signal with a payload, or answers an approval. */
export async function resumeWait(context: Context, input: Input<typeof contract.resumeWaitInput>): Promise<Input<typeof contract.answerWaitOutput>> {
  const { scope } = context;
  const { kind } = await findWait(scope.db, input.waitId);
  const { waitId, payload, ...answer } = input;
  if (kind === "approval") return answerWait(context, { waitId, ...answer });
  if (kind !== "signal") throw new DomainError("invalid_input", { field: "waitId", reason: `names a wait for ${kind}, which ends by itself` });
  const ready = await scope.db.transaction(async (tx) => {
    const wait = await lockOpenWait(tx, waitId);
    await recordAudit(tx, scope, { action: "wait.resumed", resource: { type: "wait", id: waitId }, after: { runId: wait.runId, path: wait.path } });
    return closeWait(tx, wait, "signal", payload ?? null);
  });
  announce(ready);
  return { waitId, answers: 1, requiredAnswers: 1, closed: true };
}
