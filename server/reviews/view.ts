import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import { mayPromoteIt } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import { isLockedFor, publishingRulesOf } from "@/server/protection/service";
import type * as contract from "./contract";
import { findReview, PENDING, summarize, withWorkflow } from "./queries";
import { mayTo, refusalFor } from "./refusal";

interface Context {
  scope: Scope;
}

export function getProtection({ scope }: Context, { workflowId }: { workflowId: string }): Promise<contract.ProtectionState> {
  return scope.db.transaction(async (tx) => {
    if ((await tx.workflow.count({ where: { id: workflowId, deletedAt: null } })) === 0) throw new DomainError("not_found", { what: "workflow", id: workflowId });
    const rules = await publishingRulesOf(tx, scope, workflowId);
    const [review = null] = await summarize(tx, await tx.reviewRequest.findMany({ where: { workflowId, environmentId: null, status: { in: PENDING } }, ...withWorkflow, take: 1 }));
    return { isLocked: await isLockedFor(tx, scope, { workflowIds: [workflowId] }), needsReview: rules !== null, mayBypass: rules?.mayBypass ?? false, review };
  });
}

export function listReviews({ scope }: Context, { which, cursor, limit }: z.output<typeof contract.listReviewsInput>): Promise<Page<contract.ReviewSummary>> {
  const me = scope.userId;
  if (me === null && which !== "all") return Promise.resolve({ items: [], nextCursor: null });
  const wanted = {
    waiting: { status: "open", requestedById: { not: me ?? "" }, OR: [{ draftAuthorId: null }, { draftAuthorId: { not: me } }] },
    mine: { requestedById: me ?? "" },
    all: {},
  }[which];
  return scope.db.transaction(async (tx) => {
    const rows = await tx.reviewRequest.findMany({
      where: { workflow: { deletedAt: null }, AND: [wanted, after("createdAt", decodePlace(cursor))] },
      ...withWorkflow,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const page = pageFrom(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => row);
    return { items: await summarize(tx, page.items), nextCursor: page.nextCursor };
  });
}

export async function getReview({ scope }: Context, { reviewId }: { reviewId: string }): Promise<contract.ReviewDetail> {
  const { workflowId, environmentId } = await scope.db.transaction((tx) => findReview(tx, reviewId));
  const mayPublish = await mayTo(scope, "workflow:publish", workflowId);
  const mayComment = await mayTo(scope, "workflow:write", workflowId);
  const environment = environmentId === null ? null : await scope.db.environment.findFirst({ where: { id: environmentId } });
  const mayBring = environment !== null && (await mayPromoteIt(scope, environment, workflowId));
  return scope.db.transaction(async (tx) => {
    const row = await findReview(tx, reviewId);
    const [summary] = await summarize(tx, [row]);
    const base = row.baseVersionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: row.baseVersionId } });
    const entries = await tx.reviewEntry.findMany({ where: { reviewId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
    const document = (value: unknown) => value as Record<string, unknown>;
    return {
      ...summary!,
      definition: document(row.definition),
      base: base && { number: base.number, definition: document(base.definition) },
      entries: entries.map(({ id, kind, authorName, text, createdAt }) => ({ id, kind: kind as contract.ReviewDetail["entries"][number]["kind"], author: authorName, text, createdAt: createdAt.toISOString() })),
      refusal: refusalFor(scope, mayPublish, row, summary!.isStale),
      mayWithdraw: mayComment && PENDING.includes(row.status) && (row.requestedById === scope.userId || mayPublish),
      mayComment,
      mayPromote: mayBring && row.status === "approved" && !summary!.isStale && !(await isLockedFor(tx, scope, { workflowIds: [workflowId] })),
    };
  });
}
