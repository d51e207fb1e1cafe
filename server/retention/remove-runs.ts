import type { ClientBase } from "pg";
import { crashPoint } from "@/server/testing/crash-points";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { ofWorkflow, type Place } from "./looked-at";
import { NO_WORKFLOW, recordRemoved } from "./record";

const LOOKED_AT_PER_BATCH = 500;
/** A run goes with those that it started. Of a larger family the upper ones go first; what is below stands on its own then. */
const RUNS_PER_BATCH = 500;

interface Looked extends Place {
  /** Over, and nothing above it is there any more. */
  isRoot: boolean;
}

/** Also those that stay are answered, so that the walk reads few rows at a time whatever it finds. */
export const looked = (workflowId: string | null): string => {
  const { condition, order } = ofWorkflow(workflowId, "$2");
  return `
SELECT id, created_at AS "createdAt", coalesce(finished_at < $3, false) AND NOT kept AND (parent_run_id IS NULL OR NOT EXISTS (SELECT FROM run p WHERE p.id = r.parent_run_id)) AS "isRoot"
FROM run r WHERE workspace_id = $1 AND ${condition} AND created_at < $3 AND (created_at, id) > ($4, $5)
ORDER BY ${order} LIMIT ${LOOKED_AT_PER_BATCH}`;
};

// Families of which every run has ended, is old by its own workflow's days and is not kept.
const FAMILIES = `
WITH RECURSIVE family AS (
  SELECT id AS root, id, 0 AS depth FROM unnest($1::uuid[]) AS g(id)
  UNION ALL SELECT f.root, r.id, f.depth + 1 FROM family f JOIN run r ON r.parent_run_id = f.id
),
member AS (
  SELECT f.root, r.id, f.depth, r.kept OR r.finished_at IS NULL OR r.finished_at >= coalesce(c.cutoff, '-infinity') AS stays
  FROM family f JOIN run r ON r.id = f.id
  LEFT JOIN unnest($2::uuid[], $3::timestamptz[]) AS c(workflow_id, cutoff) ON c.workflow_id = coalesce(r.workflow_id, '${NO_WORKFLOW}')
)
SELECT root, (array_agg(id::text ORDER BY depth, id))[1:${RUNS_PER_BATCH}] AS ids FROM member GROUP BY root HAVING NOT bool_or(stays)`;

const LOCK = "SELECT id FROM run WHERE id = ANY($1::uuid[]) AND NOT kept AND finished_at IS NOT NULL FOR UPDATE SKIP LOCKED";

// Search rows go with their run.
const REMOVE = `
WITH gone AS (DELETE FROM run WHERE id = ANY($1::uuid[]) RETURNING workspace_id, id)
INSERT INTO retention_gone (workspace_id, workflow_id, run_id) SELECT workspace_id, $2, id FROM gone`;

/** Cutoffs by workflow, for runs of other workflows in a family. */
export interface Cutoffs {
  workflowIds: string[];
  cutoffs: (Date | null)[];
}

/**
 * One batch of old runs of a workflow: their rows, so that nobody sees a run without its steps; what belongs to them is removed after it
 * (`remove-belongings.ts`). Answers where the next batch begins; null: that was all.
 */
export async function removeRuns(lease: Lease, workflowId: string | null, cutoff: Date, all: Cutoffs, after: Place): Promise<Place | null> {
  const { rows } = await sharedPool().query<Looked>(looked(workflowId), [lease.workspaceId, workflowId, cutoff, after.createdAt, after.id]);
  const roots = rows.filter(({ isRoot }) => isRoot).map(({ id }) => id);
  const { families, next } = batchOf(rows, await familiesOf(roots, all));
  if (families.length > 0) {
    await inTransaction(sharedPool(), async (client) => {
      await holdLease(client, lease);
      const ids = await lockFamilies(client, families);
      if (ids.length === 0) return;
      await client.query(REMOVE, [ids, workflowId ?? NO_WORKFLOW]);
      await recordRemoved(client, lease.workspaceId, workflowId, { runs: ids.length });
      crashPoint("retention-run-deleted");
    });
    crashPoint("retention-committed");
  }
  return next;
}

async function familiesOf(roots: readonly string[], { workflowIds, cutoffs }: Cutoffs): Promise<Map<string, string[]>> {
  if (roots.length === 0) return new Map();
  const { rows } = await sharedPool().query<{ root: string; ids: string[] }>(FAMILIES, [roots, workflowIds, cutoffs]);
  return new Map(rows.map(({ root, ids }) => [root, ids]));
}

/** As many of the families as one transaction removes, and where the walk goes on. */
function batchOf(rows: readonly Looked[], removable: ReadonlyMap<string, string[]>): { families: string[][]; next: Place | null } {
  const families: string[][] = [];
  let count = 0;
  for (const [at, { id }] of rows.entries()) {
    const family = removable.get(id);
    if (family === undefined) continue;
    if (count > 0 && count + family.length > RUNS_PER_BATCH) return { families, next: rows[at - 1] ?? null };
    families.push(family);
    count += family.length;
  }
  return { families, next: rows.length < LOOKED_AT_PER_BATCH ? null : (rows.at(-1) ?? null) };
}

/** A run that somebody else is at just now (who keeps it, or repeats it) stays with its whole family until the next round. */
async function lockFamilies(client: ClientBase, families: readonly string[][]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(LOCK, [families.flat()]);
  const locked = new Set(rows.map(({ id }) => id));
  return families.filter((ids) => ids.every((id) => locked.has(id))).flat();
}
