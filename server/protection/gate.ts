import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { reviewRulesOf } from "./hold";

interface Reviewed {
  /** The approved request that is used up by publishing. */
  reviewId: string | null;
}

/** What is published where rules ask for it is a draft that another person has approved as it is; whoever may do without says so. */
export async function requireReviewed(tx: Tx, scope: Scope, workflow: { id: string; name: string; draftRevision: number }, bypass: boolean): Promise<Reviewed> {
  const rules = await reviewRulesOf(tx, scope, workflow.id);
  const approved = await tx.reviewRequest.findFirst({ where: { workflowId: workflow.id, status: "approved", draftRevision: workflow.draftRevision }, select: { id: true } });
  if (rules === null || approved !== null) return { reviewId: approved?.id ?? null };
  if (!bypass || !rules.mayBypass) throw new DomainError("review_needed", { workflowId: workflow.id, mayBypass: rules.mayBypass });
  await recordAudit(tx, scope, { action: "review.bypassed", resource: { type: "workflow", id: workflow.id, name: workflow.name }, after: { revision: workflow.draftRevision } });
  return { reviewId: null };
}

/** Whatever was under way is over: this draft is published. */
export async function publishedWithReview(tx: Tx, scope: Scope, workflowId: string, { reviewId }: Reviewed, number: number): Promise<void> {
  if (reviewId !== null) {
    await tx.reviewRequest.update({ where: { id: reviewId }, data: { status: "published" } });
    await tx.reviewEntry.create({ data: { id: newId(), workspaceId: scope.workspaceId, reviewId, kind: "published", authorId: scope.userId, authorName: scope.actor.name, text: `Version ${number}` } });
  }
  await tx.reviewRequest.updateMany({ where: { workflowId, status: { in: ["open", "approved", "changes_requested"] } }, data: { status: "withdrawn" } });
}

/** Versions never change: one that was published with an approved review stays reviewed, wherever it goes. */
export async function wasReviewed(tx: Tx, workflowId: string, { draftRevision }: { draftRevision: number | null }): Promise<boolean> {
  return draftRevision !== null && (await tx.reviewRequest.count({ where: { workflowId, status: "published", draftRevision } })) > 0;
}

/** Where rules ask for reviews, no version comes to another environment without one; whoever may do without says so. */
export async function requireVersionReviewed(tx: Tx, scope: Scope, workflow: { id: string; name: string }, version: { number: number | null; draftRevision: number | null }, { bypass, environment }: { bypass: boolean; environment: string }): Promise<void> {
  const rules = await reviewRulesOf(tx, scope, workflow.id);
  if (rules === null || (await wasReviewed(tx, workflow.id, version))) return;
  const number = version.number ?? 0;
  if (!bypass || !rules.mayBypass) throw new DomainError("review_needed", { workflowId: workflow.id, mayBypass: rules.mayBypass, version: number });
  await recordAudit(tx, scope, { action: "review.bypassed", resource: { type: "workflow", id: workflow.id, name: workflow.name }, after: { number, environment } });
}
