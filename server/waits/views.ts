import { type ApprovalDetail, approvalDetailSchema } from "@/server/nodes/wait-details";
import type { WaitSummary } from "@/server/runs/contract";
import type { WaitRow } from "./queries";

const NO_DETAIL: ApprovalDetail = { title: "", message: "", form: null, approvers: [], requiredAnswers: 1 };

/** What an approval asks; for the other kinds of wait, nothing. */
export function approvalOf(wait: Pick<WaitRow, "kind" | "detail">): ApprovalDetail {
  const parsed = wait.kind === "approval" ? approvalDetailSchema.safeParse(wait.detail) : null;
  return parsed?.success === true ? parsed.data : NO_DETAIL;
}

export function toWaitSummary(wait: WaitRow, workflow: WaitSummary["workflow"]): WaitSummary {
  const { id, runId, path, nodeId, attempt, signal, childRunId, requiredAnswers } = wait;
  const { title, message, form } = approvalOf(wait);
  return {
    id, runId, path, nodeId, attempt, signal, childRunId, requiredAnswers, title, message, form, workflow,
    kind: wait.kind as WaitSummary["kind"],
    status: wait.status as WaitSummary["status"],
    answers: wait._count.responses,
    until: wait.until?.toISOString() ?? null,
    createdAt: wait.openedAt.toISOString(),
    closedAt: wait.closedAt?.toISOString() ?? null,
  };
}
