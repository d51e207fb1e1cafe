import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { findEitherRoute } from "@/server/deployments/service";
import { deployedIn, holdEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import { findEditableWorkflow, lockWorkflow, requireKnownApprovers, requireRunnable, tellWorkflowChanged } from "@/server/workflows/service";
import type * as contract from "./contract";
import { PENDING, subjectOf } from "./queries";
import { tellReviewers } from "./tell";
import { getReview } from "./view";

interface Context {
  scope: Scope;
}
type Input = z.output<typeof contract.requestReviewInput>;
type Subject = Omit<NonNullable<Parameters<Tx["reviewRequest"]["create"]>[0]["data"]>, "id" | "workspaceId" | "workflowId" | "note" | "requestedById">;

/** Asks for a review of the draft as it is now, or of a version that is to come to an environment. An earlier request of the same is withdrawn by it. */
export async function requestReview(context: Context, input: Input): Promise<contract.ReviewDetail> {
  const { scope } = context;
  const { workflowId, note } = input;
  const { userId, workspaceId } = scope;
  if (userId === null) throw new DomainError("invalid_input", { field: "", reason: "has to come from a person: this token belongs to none" });
  const reviewId = await scope.db.transaction(async (tx) => {
    if (input.environment !== undefined) await holdEnvironments(tx, workspaceId);
    await lockWorkflow(tx, workflowId);
    const { name } = await findEditableWorkflow(tx, workflowId);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    const { subject, place } = input.environment === undefined ? await draftOf(tx, input) : await versionOf(tx, { ...input, environment: input.environment });
    await tx.reviewRequest.updateMany({ where: { workflowId, environmentId: place?.id ?? null, status: { in: PENDING } }, data: { status: "withdrawn" } });
    const id = newId();
    const row = await tx.reviewRequest.create({ data: { ...subject, id, workspaceId, workflowId, note, requestedById: userId } as never, include: { environment: true, version: { select: { number: true } } } });
    await recordAudit(tx, scope, { action: "review.requested", resource: { type: "workflow", id: workflowId, name }, after: { reviewId: id, ...subjectOf(row) } });
    await tellReviewers(tx, scope, { id, workflowId, what: place === null ? name : `version ${row.version?.number ?? 0} of ${name} for ${place.name}`, note });
    await tellWorkflowChanged(tx, workspaceId, workflowId);
    return id;
  });
  return getReview(context, { reviewId });
}

interface Found {
  subject: Subject;
  place: { id: string; name: string } | null;
}

async function draftOf(tx: Tx, { workflowId, revision }: Input): Promise<Found> {
  const workflow = await findEditableWorkflow(tx, workflowId);
  if (revision !== undefined && revision !== workflow.draftRevision) throw new DomainError("version_conflict", { workflowId, expectedRevision: revision, currentRevision: workflow.draftRevision });
  await requireKnownApprovers(tx, requireRunnable(workflow.draft));
  return { subject: { draftRevision: workflow.draftRevision, definition: workflow.draft as never, baseVersionId: workflow.publishedVersionId, draftAuthorId: workflow.draftUpdatedById }, place: null };
}

async function versionOf(tx: Tx, { workflowId, environment, from, versionId }: Input & { environment: string }): Promise<Found> {
  const { to, version } = await findEitherRoute(tx, { workflowId, environment, from, versionId });
  const there = await deployedIn(tx, workflowId, to.id);
  if (there?.versionId === version.id) throw new DomainError("invalid_input", { field: "versionId", reason: `names version ${version.number}, which ${to.name} has already` });
  return { subject: { environmentId: to.id, versionId: version.id, definition: version.definition as never, baseVersionId: there?.versionId ?? null, draftAuthorId: version.authorId }, place: to };
}
