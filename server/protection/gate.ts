import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { type Environment, findEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { reviewRulesOf } from "./hold";

const PENDING = ["open", "approved", "changes_requested"];

interface Reviewed {
  /** The approved request that is used up by publishing or promoting. */
  reviewId: string | null;
}

/** For publishing: its own rules, and those for the environment that it brings versions to. */
export async function publishingRulesOf(tx: Tx, scope: Scope, workflowId: string): Promise<{ mayBypass: boolean } | null> {
  const [first] = await findEnvironments(tx);
  return reviewRulesOf(tx, scope, workflowId, [null, ...(first === undefined ? [] : [first.id])]);
}

/** What is published where rules ask for it is a draft that another person has approved as it is; whoever may do without says so. */
export async function requireReviewed(tx: Tx, scope: Scope, workflow: { id: string; name: string; draftRevision: number }, bypass: boolean): Promise<Reviewed> {
  const rules = await publishingRulesOf(tx, scope, workflow.id);
  const approved = await tx.reviewRequest.findFirst({ where: { workflowId: workflow.id, environmentId: null, status: "approved", draftRevision: workflow.draftRevision }, select: { id: true } });
  if (rules === null || approved !== null) return { reviewId: approved?.id ?? null };
  if (!bypass || !rules.mayBypass) throw new DomainError("review_needed", { workflowId: workflow.id, mayBypass: rules.mayBypass });
  await recordAudit(tx, scope, { action: "review.bypassed", resource: { type: "workflow", id: workflow.id, name: workflow.name }, after: { revision: workflow.draftRevision } });
  return { reviewId: null };
}

/** Whatever was under way is over: this draft is published, or this version has come to the environment. */
export async function reviewUsed(tx: Tx, scope: Scope, { workflowId, environmentId }: { workflowId: string; environmentId: string | null }, { reviewId }: Reviewed, number: number): Promise<void> {
  if (reviewId !== null) {
    const kind = environmentId === null ? "published" : "deployed";
    await tx.reviewRequest.update({ where: { id: reviewId }, data: { status: kind } });
    await tx.reviewEntry.create({ data: { id: newId(), workspaceId: scope.workspaceId, reviewId, kind, authorId: scope.userId, authorName: scope.actor.name, text: `Version ${number}` } });
  }
  await tx.reviewRequest.updateMany({ where: { workflowId, environmentId, status: { in: PENDING } }, data: { status: "withdrawn" } });
}

/** Versions never change: one that was published with an approved review stays reviewed, wherever it goes. */
export async function wasReviewed(tx: Tx, workflowId: string, { draftRevision }: { draftRevision: number | null }): Promise<boolean> {
  return draftRevision !== null && (await tx.reviewRequest.count({ where: { workflowId, status: "published", draftRevision } })) > 0;
}

interface Coming {
  workflow: { id: string; name: string };
  version: { id: string; number: number | null; draftRevision: number | null };
  to: Pick<Environment, "id" | "slug" | "name">;
  /** What the environment has now: an approval was given for taking its place. */
  there: { versionId: string } | null;
}

export interface Approval extends Reviewed {
  isNeeded: boolean;
  isGiven: boolean;
  mayBypass: boolean;
}

/** How a version stands with the rules for the environment that it is to come to. One that came there with a review may come back. */
export async function approvalOf(tx: Tx, scope: Scope, { workflow, version, to, there }: Coming): Promise<Approval> {
  const of = { workflowId: workflow.id, environmentId: to.id, versionId: version.id };
  const rules = await reviewRulesOf(tx, scope, workflow.id, [to.id]);
  const approved = await tx.reviewRequest.findFirst({ where: { ...of, status: "approved", baseVersionId: there?.versionId ?? null }, select: { id: true } });
  const [first] = await findEnvironments(tx);
  const wasGiven = async () => (await tx.reviewRequest.count({ where: { ...of, status: "deployed" } })) > 0 || (first?.id === to.id && (await wasReviewed(tx, workflow.id, version)));
  return { isNeeded: rules !== null, isGiven: approved !== null || (await wasGiven()), mayBypass: rules?.mayBypass ?? false, reviewId: approved?.id ?? null };
}

/** Where rules ask for reviews, no version comes to another environment without those that are asked for; whoever may do without says so. */
export async function requireVersionReviewed(tx: Tx, scope: Scope, coming: Coming, bypass: boolean): Promise<Reviewed> {
  const { workflow, version, to } = coming;
  const { id: workflowId, name } = workflow;
  const number = version.number ?? 0;
  const rules = await reviewRulesOf(tx, scope, workflowId, [null]);
  const approval = await approvalOf(tx, scope, coming);
  const isUnpublished = rules !== null && !(await wasReviewed(tx, workflowId, version));
  const isUnapproved = approval.isNeeded && !approval.isGiven;
  if (isUnpublished && !(bypass && rules.mayBypass)) throw new DomainError("review_needed", { workflowId, mayBypass: rules.mayBypass, version: number });
  if (isUnapproved && !(bypass && approval.mayBypass)) throw new DomainError("review_needed", { workflowId, mayBypass: approval.mayBypass, version: number, environment: to.name });
  if (isUnpublished || isUnapproved) await recordAudit(tx, scope, { action: "review.bypassed", resource: { type: "workflow", id: workflowId, name }, after: { number, environment: to.slug } });
  return approval;
}
