import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { Batch, batchRefInput, findBatchInput, listBatchesInput } from "./contract";
import { countRuns, findBatch, findBatches, type BatchRecord } from "./queries";

interface Context {
  scope: Scope;
}

export function getBatch({ scope }: Context, { batchId }: z.output<typeof batchRefInput>): Promise<Batch> {
  return scope.db.transaction((tx) => viewBatch(tx, batchId));
}

export async function viewBatch(tx: Tx, id: string): Promise<Batch> {
  const batch = await findBatch(tx, { id });
  if (batch === null) throw new DomainError("not_found", { what: "batch", id });
  return (await viewBatches(tx, [batch]))[0]!;
}

/** Null: no batch has the name; a label of the same name may be anything. */
export function findByName({ scope }: Context, { name }: z.output<typeof findBatchInput>): Promise<Batch | null> {
  return scope.db.transaction(async (tx) => {
    const batch = await findBatch(tx, { name });
    return batch === null ? null : (await viewBatches(tx, [batch]))[0]!;
  });
}

export function listBatches({ scope }: Context, input: z.output<typeof listBatchesInput>): Promise<Page<Batch>> {
  return scope.db.transaction(async (tx) => {
    const page = pageFrom(await findBatches(tx, input), input.limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => row);
    return { ...page, items: await viewBatches(tx, page.items) };
  });
}

async function viewBatches(tx: Tx, batches: readonly BatchRecord[]): Promise<Batch[]> {
  const counts = await countRuns(tx, batches.map(({ id }) => id));
  return batches.map(({ id, name, total, skipped, createdAt, workflow }) => ({ id, name, total, skipped, workflow, createdAt: createdAt.toISOString(), counts: counts.get(id) ?? {} }));
}
