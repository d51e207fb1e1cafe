import { keptText } from "@/server/blobs/service";
import type { z } from "zod";
import type { WaitResponse } from "@/prisma/generated/client";
import { rolesHeld } from "@/server/auth/roles-held";
import { makerIn } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { recordAudit } from "@/server/audit/service";
import { announce } from "@/server/queue/dispatch";
import { requireReadableFiles } from "@/server/queue/given-files";
import { encodeGiven } from "@/server/queue/given-values";
import type { Page } from "@/server/paging/contract";
import type { WaitSummary } from "@/server/runs/contract";
import { closeWait, refusalFor, type Responder, takeAnswer, toAnswer, valuesOf } from "./answers";
import { viewAsked } from "./asked";
import type * as contract from "./contract";
import { mayAnswerAt, placeOf, summarize } from "./inbox";
import { LargeTexts, readLargeText } from "./large-texts";
import { findWait, findWaits, findWaitsOfRun, lockOpenWait, type WaitRow, workflowOfRun } from "./queries";
import { hasAnswered } from "./same-person";
import { approvalOf } from "./views";

export { countOpenWaits, listAnsweredWaits, listMyWaits, listOthersWaits } from "./inbox";
export { answerLink, createLink, makeLinkFor, viewLink } from "./links";
export { listLinks, revokeLink } from "./open-links";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

export async function viewWaitsOfRun(tx: Tx, runId: string): Promise<{ waits: WaitSummary[]; moreWaits: number }> {
  const { waits, beside } = await findWaitsOfRun(tx, runId);
  return { waits: waits.length === 0 ? [] : await summarize(tx, waits), moreWaits: beside };
}

export function listWaits({ scope }: Context, input: Input<typeof contract.listWaitsInput>): Promise<Page<WaitSummary>> {
  return scope.db.transaction(async (tx) => {
    const { items, nextCursor } = pageFrom(await findWaits(tx, input), input.limit, placeOf, (wait) => wait);
    return { items: await summarize(tx, items), nextCursor };
  });
}

export async function getWait({ scope }: Context, { waitId }: { waitId: string }): Promise<contract.WaitDetail> {
  const { rows, ...detail } = await scope.db.transaction(async (tx) => {
    const wait = await findWait(tx, waitId);
    const [summary] = await summarize(tx, [wait]);
    const responses = await tx.waitResponse.findMany({ where: { waitId }, orderBy: [{ answeredAt: "asc" }, { id: "asc" }] });
    const isHolder = await holdsRight(tx, scope, wait);
    const refusal = await whyNot(tx, scope, wait, { responses, isHolder });
    return {
      ...summary!,
      rows: responses,
      mayAnswer: refusal === null,
      refusal,
      seesLinks: wait.kind === "approval" && wait.status === "open" && isHolder,
      asked: await viewAsked(tx, summary!.workflow?.id ?? null, approvalOf(wait).approvers, responses),
      remindAt: wait.remindAt?.toISOString() ?? null,
      remindedAt: wait.remindedAt?.toISOString() ?? null,
    };
  });
  const responses = await Promise.all(rows.map(async (row) => ({ id: row.id, ...toAnswer(row, await readLargeText(scope.workspaceId, valuesOf(row))) })));
  return { ...detail, responses };
}

/** Of answering what waits in this workflow, whoever is asked for it. */
async function holdsRight(tx: Tx, scope: Scope, wait: WaitRow): Promise<boolean> {
  const workflowId = await workflowOfRun(tx, wait.runId);
  const held = await rolesHeld(tx, scope.userId === null ? [] : [scope.userId], [workflowId]);
  return mayAnswerAt(scope, held(scope.userId, workflowId));
}

async function whyNot(tx: Tx, scope: Scope, wait: WaitRow, { responses, isHolder }: { responses: WaitResponse[]; isHolder: boolean }): Promise<string | null> {
  if (wait.kind !== "approval") return "This waits for something else than an answer.";
  if (wait.status !== "open") return "This is not waiting for an answer any more.";
  if (await hasAnswered(tx, wait.id, responses, responderOf(scope))) return "You have answered already.";
  if (!isHolder) return "Your role may not answer.";
  return refusalFor(tx, wait, responderOf(scope));
}

function responderOf(scope: Scope): Responder {
  return { userId: scope.userId, name: scope.actor.name, via: scope.actor.type === "token" ? "api" : "page", behindId: scope.userId === null ? makerIn(scope) : null };
}

export async function answerWait({ scope }: Context, { waitId, ...answer }: Input<typeof contract.answerWaitInput>): Promise<Input<typeof contract.answerWaitOutput>> {
  const { runId } = await findWait(scope.db, waitId);
  const at = new Date();
  const { outcome, ready } = await LargeTexts.around(scope.workspaceId, runId, (large) => scope.db.transaction((tx) => takeAnswer(tx, scope, waitId, answer, responderOf(scope), { large, at })));
  announce(ready);
  return outcome;
}

/** For programs: ends a wait for a signal with a payload, or answers an approval. */
export async function resumeWait(context: Context, input: Input<typeof contract.resumeWaitInput>): Promise<Input<typeof contract.answerWaitOutput>> {
  const { scope } = context;
  const { kind, runId } = await findWait(scope.db, input.waitId);
  const { waitId, payload, ...answer } = input;
  if (kind === "approval") return answerWait(context, { waitId, ...answer });
  if (kind !== "signal") throw new DomainError("invalid_input", { field: "waitId", reason: `names a wait for ${kind}, which ends by itself` });
  const text = encodeGiven("payload", payload ?? null);
  const files = await requireReadableFiles(scope, "payload", text);
  const kept = await keptText(scope.workspaceId, runId, text);
  const ready = await scope.db.transaction(async (tx) => {
    const wait = await lockOpenWait(tx, waitId);
    await recordAudit(tx, scope, { action: "wait.resumed", resource: { type: "wait", id: waitId }, after: { runId: wait.runId, path: wait.path } });
    return closeWait(tx, wait, kept, files);
  });
  announce(ready);
  return { waitId, answers: 1, requiredAnswers: 1, closed: true };
}
