import type { ReviewRequest } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { ReviewSummary } from "./contract";

export const PENDING = ["open", "approved", "changes_requested"];

const WITH_WORKFLOW = { workflow: { select: { id: true, name: true, draftRevision: true, deletedAt: true } } } as const;
export type ReviewRow = ReviewRequest & { workflow: { id: string; name: string; draftRevision: number; deletedAt: Date | null } };
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

export async function summarize(tx: Tx, rows: readonly ListedRow[]): Promise<ReviewSummary[]> {
  const ids = rows.flatMap(({ requestedById, decidedById }) => [requestedById, ...(decidedById === null ? [] : [decidedById])]);
  const people = await tx.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true, email: true } });
  const person = (id: string) => {
    const found = people.find((one) => one.id === id);
    return { id, name: found === undefined ? "somebody" : (found.name ?? found.email) };
  };
  return rows.map((row) => ({
    id: row.id,
    workflow: { id: row.workflow.id, name: row.workflow.name },
    status: row.status as ReviewSummary["status"],
    isStale: PENDING.includes(row.status) && row.workflow.draftRevision !== row.draftRevision,
    draftRevision: row.draftRevision,
    note: row.note,
    requestedBy: person(row.requestedById),
    decidedBy: row.decidedById === null ? null : person(row.decidedById),
    createdAt: row.createdAt.toISOString(),
  }));
}
