import type { z } from "zod";
import type { WaitResponse } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { rolesHeld } from "@/server/auth/roles-held";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import type { GivenFile } from "@/server/engine/ports";
import { DomainError } from "@/server/errors/domain-error";
import { filesGiven } from "@/server/expressions/blob-ids";
import { decodeValue } from "@/server/expressions/decoding";
import { refuseFiles, requireReadableFiles } from "@/server/queue/given-files";
import { encodeGiven } from "@/server/queue/given-values";
import { isNamed } from "@/server/nodes/approval/named";
import { type ApprovalAnswer, approvalPayloadSchema, tallyAnswers } from "@/server/nodes/wait-details";
import { insertMessage, type Ready } from "@/server/queue/dispatch";
import { validateAgainst } from "@/server/schema/validate-json";
import type { answerWaitOutput } from "./contract";
import { fourEyesRefusal } from "./four-eyes";
import type { LargeTexts } from "./large-texts";
import { lockOpenWait, tellAnswered, type WaitRow, workflowOfRun } from "./queries";
import { hasAnswered } from "./same-person";
import { approvalOf } from "./views";

export interface Answer {
  decision: "approved" | "rejected";
  values?: unknown;
  comment: string;
}

export interface Responder {
  userId: string | null;
  /** As shown: a person's name, a link's recipient, a token's name. */
  name: string;
  via: "page" | "link" | "api";
  /** Who made the token of the program that answers. */
  behindId?: string | null;
  /** The link that it comes by, and where that went to. */
  link?: { id: string | null; recipient: string | null; mailed?: boolean; madeByUserId?: string | null };
  /** The right to answer is the link's, and not the person's. */
  byLinkAlone?: boolean;
}

type Outcome = z.output<typeof answerWaitOutput>;

/** One try to count an answer: when it is too large for a row it is tried again, and is the same answer. */
export interface Try {
  large: LargeTexts;
  at: Date;
}

/** Counts one answer, in the caller's transaction; the answer that decides ends the wait. */
export async function takeAnswer(tx: Tx, scope: Scope, waitId: string, answer: Answer, responder: Responder, { large, at }: Try): Promise<{ outcome: Outcome; ready: Ready | null }> {
  const wait = await lockOpenWait(tx, waitId);
  if (wait.kind !== "approval") throw new DomainError("invalid_input", { field: "waitId", reason: `names a wait for ${wait.kind}, not for an answer` });
  const detail = approvalOf(wait);
  const refusal = await refusalFor(tx, wait, responder);
  if (refusal !== null) throw new DomainError("forbidden", { permission: "wait:answer", reason: refusal });
  if (answer.decision === "approved") refuseUnfitValues(detail.form, answer.values ?? null);
  const values = encodeGiven("values", answer.values ?? null);
  if (responder.via === "link") refuseFiles("values", values);
  else await requireReadableFiles(scope, "values", values);
  const earlier = await tx.waitResponse.findMany({ where: { waitId }, orderBy: [{ answeredAt: "asc" }, { id: "asc" }] });
  if (await hasAnswered(tx, waitId, earlier, responder)) throw new DomainError("already_answered", { waitId });
  const stored = { values: JSON.parse(large.stored(values)) as never, comment: answer.comment };
  const response = await tx.waitResponse.create({ data: { id: newId(), workspaceId: scope.workspaceId, waitId, userId: responder.userId, responder: responder.name, via: responder.via, behindId: responder.behindId ?? null, decision: answer.decision, payload: stored, answeredAt: at } });
  const answers = [...earlier.map((one) => toAnswer(one, large.text(valuesOf(one)))), toAnswer(response, values)];
  const closed = tallyAnswers(answers, wait.requiredAnswers) !== null;
  const payload = closed ? encodeGiven("values", approvalPayloadSchema.parse({ answers })) : null;
  const ready = payload === null ? null : await closeWait(tx, wait, large.stored(payload), filesGiven("checked", payload));
  if (!closed) await tellAnswered(tx, wait);
  await recordAudit(tx, scope, {
    action: "approval.answered",
    resource: { type: "wait", id: waitId, name: detail.title },
    after: { decision: answer.decision, by: responder.name, via: responder.via, runId: wait.runId, path: wait.path },
  });
  return { outcome: { waitId, answers: answers.length, requiredAnswers: wait.requiredAnswers, closed }, ready };
}

/** `payload`: as it is stored; `files`: those of it that were asked for. The row closes at once, so that nobody answers twice; the run learns of it by its message. */
export async function closeWait(tx: Tx, wait: WaitRow, payload: string, files: GivenFile[]): Promise<Ready | null> {
  const { runId, path, attempt, signal } = wait;
  const sent = await insertMessage(tx, { runId, kind: "answer", path, attempt, name: signal, payload, files, key: `answer:${wait.id}` });
  if (sent === null) throw new DomainError("wait_closed", { waitId: wait.id, status: "cancelled" });
  await tx.wait.update({ where: { id: wait.id }, data: { status: "answered", closedAt: new Date() } });
  return sent.ready;
}

/** Null: this person may answer. Approvers are e-mail addresses or roles; a link carries its own right, but for one that is a member's: that answers as they may now. */
export async function refusalFor(tx: Tx, wait: WaitRow, { userId, via, link, byLinkAlone = false }: Omit<Responder, "name">): Promise<string | null> {
  const refusal = await fourEyesRefusal(tx, wait, { userId, email: link?.recipient ?? null, via });
  if (refusal !== null) return refusal;
  if (byLinkAlone) return null;
  const { approvers } = approvalOf(wait);
  if (approvers.length === 0 && via !== "link") return null;
  const workflowId = await workflowOfRun(tx, wait.runId);
  const held = (await rolesHeld(tx, userId === null ? [] : [userId], [workflowId]))(userId, workflowId);
  if (via === "link" && !held.permissions.has("wait:answer")) return "Your role may not answer.";
  const person = userId === null ? null : await tx.user.findFirst({ where: { id: userId }, select: { email: true } });
  return isNamed(approvers, person?.email ?? null, held.names) ? null : `Only ${approvers.join(", ")} may answer.`;
}

function refuseUnfitValues(form: ReturnType<typeof approvalOf>["form"], values: unknown): void {
  const [problem] = form === null ? [] : validateAgainst(form, values);
  if (problem !== undefined) throw new DomainError("invalid_input", { field: `values${problem.path}`, reason: problem.message });
}

/** As they are stored: the values themselves, or where they lie. */
export function valuesOf({ payload }: Pick<WaitResponse, "payload">): string {
  return JSON.stringify((payload as { values: unknown }).values);
}

/** All of it but the values. */
export function toGiven(response: WaitResponse): Omit<ApprovalAnswer, "values"> {
  return {
    by: response.responder,
    decision: response.decision as ApprovalAnswer["decision"],
    comment: (response.payload as { comment: string }).comment,
    at: response.answeredAt.toISOString(),
  };
}

/** `values`: the encoded ones, wherever they lie. */
export function toAnswer(response: WaitResponse, values: string): ApprovalAnswer {
  return { ...toGiven(response), values: decodeValue(values) };
}
