import { type ApprovalDetail, approvalDetailSchema, turnDetailSchema } from "@/server/nodes/wait-details";
import type { WaitSummary } from "@/server/runs/contract";
import type { WaitingRun, WaitRow } from "./queries";

const NO_DETAIL: ApprovalDetail = { title: "", message: "", form: null, approvers: [], requiredAnswers: 1, excludesStarter: false };

/** What an approval asks; for the other kinds of wait, nothing. */
export function approvalOf(wait: Pick<WaitRow, "kind" | "detail">): ApprovalDetail {
  const parsed = wait.kind === "approval" ? approvalDetailSchema.safeParse(wait.detail) : null;
  return parsed?.success === true ? parsed.data : NO_DETAIL;
}

/** Why a step waits for its turn. */
function turnOf(wait: Pick<WaitRow, "kind" | "detail">): string {
  const parsed = wait.kind === "turn" ? turnDetailSchema.safeParse(wait.detail) : null;
  if (parsed?.success !== true) return "";
  const { data } = parsed;
  if (data.limit === "concurrency") return `A place: ${data.most} of these steps may be at work at the same time`;
  if (data.limit === "throttle") return `Its turn: ${data.most} of these steps may begin within ${data.periodSeconds} s`;
  return data.count === 1 ? "Newer steps, which would take its place" : `Newer steps; it stands for ${data.count}`;
}

/** When it looks again by itself says nothing of when it goes on. */
function isInLine({ kind, detail }: Pick<WaitRow, "kind" | "detail">): boolean {
  const parsed = kind === "turn" ? turnDetailSchema.safeParse(detail) : null;
  return parsed?.success === true && parsed.data.limit === "concurrency";
}

export function toWaitSummary(wait: WaitRow, run: WaitingRun | undefined): WaitSummary {
  const { id, runId, path, nodeId, attempt, signal, childRunId, requiredAnswers } = wait;
  const { title, message, form } = approvalOf(wait);
  return {
    id, runId, path, nodeId, attempt, signal, childRunId, requiredAnswers, message,
    title: title || turnOf(wait), form,
    workflow: run?.workflow ?? null,
    isTest: run?.isTest ?? false,
    kind: wait.kind as WaitSummary["kind"],
    status: wait.status as WaitSummary["status"],
    answers: wait._count.responses,
    until: isInLine(wait) ? null : (wait.until?.toISOString() ?? null),
    createdAt: wait.openedAt.toISOString(),
    closedAt: wait.closedAt?.toISOString() ?? null,
  };
}
