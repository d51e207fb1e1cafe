import { after, decodePlace } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import type { Batch } from "./contract";

const WITH_WORKFLOW = { workflow: { select: { id: true, name: true } } } as const;

export interface BatchRecord {
  id: string;
  name: string;
  total: number;
  skipped: number;
  createdAt: Date;
  workflow: { id: string; name: string };
}

export function findBatch(tx: Tx, where: { id: string } | { name: string }): Promise<BatchRecord | null> {
  return tx.runBatch.findFirst({ where, include: WITH_WORKFLOW });
}

export function findBatches(tx: Tx, { workflowId, cursor, limit }: { workflowId?: string; cursor?: string; limit: number }): Promise<BatchRecord[]> {
  return tx.runBatch.findMany({
    where: { ...(workflowId === undefined ? {} : { workflowId }), ...after("createdAt", decodePlace(cursor)) },
    include: WITH_WORKFLOW,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
}

/** False: there is one of this id or this name. Another one that is just being made is waited for. */
export async function insertBatch(tx: Tx, { id, workspaceId, workflowId, name, total, skipped, createdById }: Omit<BatchRecord, "workflow" | "createdAt"> & { workspaceId: string; workflowId: string; createdById: string | null }): Promise<boolean> {
  const made = await tx.$executeRaw`
    insert into run_batch (id, workspace_id, workflow_id, name, total, skipped, created_by_id)
    values (${id}::uuid, ${workspaceId}::uuid, ${workflowId}::uuid, ${name}, ${total}, ${skipped}, ${createdById}::uuid)
    on conflict do nothing`;
  return made === 1;
}

/** Runs of each batch by status. */
export async function countRuns(tx: Tx, batchIds: readonly string[]): Promise<Map<string, Batch["counts"]>> {
  const rows = await tx.$queryRaw<{ batchId: string; status: string; count: number }[]>`
    select r.batch_id as "batchId", coalesce(q.state, r.status) as status, count(*)::int as count
    from run r left join run_queue q on q.run_id = r.id and r.status = 'queued'
    where r.batch_id = any(${[...batchIds]}::uuid[]) and r.workspace_id = current_workspace_id() group by 1, 2`;
  const counts = new Map<string, Record<string, number>>();
  for (const { batchId, status, count } of rows) counts.set(batchId, { ...counts.get(batchId), [status]: count });
  return counts;
}
