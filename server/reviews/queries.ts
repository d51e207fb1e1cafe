import type { ReviewRequest } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { ReviewSummary } from "./contract";

export const PENDING = ["open", "approved", "changes_requested"];

const WITH_WORKFLOW = {
  workflow: { select: { id: true, name: true, draftRevision: true, deletedAt: true } },
  environment: { select: { id: true, name: true, slug: true, color: true } },
  version: { select: { number: true } },
} as const;
export type ReviewRow = ReviewRequest & {
  workflow: { id: string; name: string; draftRevision: number; deletedAt: Date | null };
  environment: { id: string; name: string; slug: string; color: string } | null;
  version: { number: number | null } | null;
};
export const withWorkflow = { include: WITH_WORKFLOW, omit: { definition: true } } as const;
export type ListedRow = Omit<ReviewRow, "definition">;

export async function findReview(tx: Tx, id: string): Promise<ReviewRow> {
  const row = await tx.reviewRequest.findFirst({ where: { id, workflow: { deletedAt: null } }, include: WITH_WORKFLOW });
  if (row === null) throw new DomainError("not_found", { what: "review", id });
  return row;
}

/** Until the transaction ends, nobody else decides, and nobody saves or publishes the draft. */
export async function lockReview(tx: Tx, id: string): Promise<ReviewRow> {
  const { workflowId } = await findReview(tx, id);
  await tx.$queryRaw`select 1 from workflow where id = ${workflowId}::uuid for update`;
  await tx.$queryRaw`select 1 from review_request where id = ${id}::uuid for update`;
  return findReview(tx, id);
}

/** What it is about, for the audit log. */
export function subjectOf({ draftRevision, environment, version }: { draftRevision: number | null; environment: { slug: string } | null; version: { number: number | null } | null }): Record<string, unknown> {
  return environment === null ? { revision: draftRevision } : { environment: environment.slug, number: version?.number ?? 0 };
}

/** Those under way whose draft has changed since, or whose environment has another version by now. */
export async function findStale(tx: Tx, rows: readonly ListedRow[]): Promise<ReadonlySet<string>> {
  const pending = rows.filter(({ status }) => PENDING.includes(status));
  const placed = pending.flatMap(({ workflowId, environmentId }) => (environmentId === null ? [] : [{ workflowId, environmentId }]));
  const there = placed.length === 0 ? [] : await tx.deployment.findMany({ where: { replacedAt: null, OR: placed }, select: { workflowId: true, environmentId: true, versionId: true } });
  const baseOf = (row: ListedRow) => there.find(({ workflowId, environmentId }) => workflowId === row.workflowId && environmentId === row.environmentId)?.versionId ?? null;
  return new Set(pending.filter((row) => (row.environmentId === null ? row.workflow.draftRevision !== row.draftRevision : baseOf(row) !== row.baseVersionId)).map(({ id }) => id));
}

export async function summarize(tx: Tx, rows: readonly ListedRow[]): Promise<ReviewSummary[]> {
  const ids = rows.flatMap(({ requestedById, decidedById }) => [requestedById, ...(decidedById === null ? [] : [decidedById])]);
  const people = await tx.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true, email: true } });
  const person = (id: string) => {
    const found = people.find((one) => one.id === id);
    return { id, name: found === undefined ? "somebody" : (found.name ?? found.email) };
  };
  const stale = await findStale(tx, rows);
  return rows.map((row) => ({
    id: row.id,
    workflow: { id: row.workflow.id, name: row.workflow.name },
    status: row.status as ReviewSummary["status"],
    isStale: stale.has(row.id),
    draftRevision: row.draftRevision,
    environment: row.environment && { ...row.environment, color: row.environment.color as NonNullable<ReviewSummary["environment"]>["color"] },
    version: row.versionId === null ? null : { id: row.versionId, number: row.version?.number ?? 0 },
    note: row.note,
    requestedBy: person(row.requestedById),
    decidedBy: row.decidedById === null ? null : person(row.decidedById),
    createdAt: row.createdAt.toISOString(),
  }));
}
