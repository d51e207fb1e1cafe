import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { tellWorkflowChanged } from "@/server/workflows/service";
import type * as contract from "./contract";
import { findStale, lockReview, PENDING, type ReviewRow, subjectOf } from "./queries";
import { refusalFor } from "./refusal";
import { tellInvolved } from "./tell";
import { getReview } from "./view";

interface Context {
  scope: Scope;
}
type Detail = contract.ReviewDetail;

export async function decideReview(context: Context, { reviewId, decision, text }: z.output<typeof contract.decideInput>): Promise<Detail> {
  const { scope } = context;
  await scope.db.transaction(async (tx) => {
    const row = await lockReview(tx, reviewId);
    const refusal = refusalFor(scope, scope.can("workflow:publish"), row, (await findStale(tx, [row])).has(reviewId));
    if (refusal !== null) throw new DomainError("review_refused", { reason: refusal });
    await tx.reviewRequest.update({ where: { id: reviewId }, data: { status: decision, decidedById: scope.userId, decidedAt: new Date() } });
    await note(tx, scope, row, decision, text);
    await recordAudit(tx, scope, { action: `review.${decision}`, resource: { type: "workflow", id: row.workflowId, name: row.workflow.name }, after: { reviewId, ...subjectOf(row) } });
  });
  return getReview(context, { reviewId });
}

export async function commentReview(context: Context, { reviewId, text }: z.output<typeof contract.commentInput>): Promise<Detail> {
  const { scope } = context;
  await scope.db.transaction(async (tx) => {
    const row = await lockReview(tx, reviewId);
    await note(tx, scope, row, "comment", text);
    await recordAudit(tx, scope, { action: "review.commented", resource: { type: "workflow", id: row.workflowId, name: row.workflow.name }, after: { reviewId, ...subjectOf(row) } });
  });
  return getReview(context, { reviewId });
}

export async function withdrawReview(context: Context, { reviewId }: { reviewId: string }): Promise<Detail> {
  const { scope } = context;
  await scope.db.transaction(async (tx) => {
    const row = await lockReview(tx, reviewId);
    if (row.requestedById !== scope.userId) scope.require("workflow:publish");
    if (!PENDING.includes(row.status)) throw new DomainError("review_refused", { reason: "It is over already." });
    await tx.reviewRequest.update({ where: { id: reviewId }, data: { status: "withdrawn" } });
    await note(tx, scope, row, "withdrawn", "");
    await recordAudit(tx, scope, { action: "review.withdrawn", resource: { type: "workflow", id: row.workflowId, name: row.workflow.name }, after: { reviewId, ...subjectOf(row) } });
  });
  return getReview(context, { reviewId });
}

async function note(tx: Tx, scope: Scope, review: ReviewRow, kind: string, text: string): Promise<void> {
  const id = newId();
  await tx.reviewEntry.create({ data: { id, workspaceId: scope.workspaceId, reviewId: review.id, kind, authorId: scope.userId, authorName: scope.actor.name, text } });
  await tellInvolved(tx, scope, review, { id, kind, text });
  await tellWorkflowChanged(tx, scope.workspaceId, review.workflowId);
}
