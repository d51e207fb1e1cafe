import type { ClientBase } from "pg";
import { crashPoint } from "@/server/testing/crash-points";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { recordRemoved } from "./record";

/** Runs that are looked at together; each goes with all runs that it started. */
const ROOTS_PER_BATCH = 100;

/** A run goes with those that it started, so the walk begins at those whose parent is gone or never was. */
const ROOTS = `
SELECT r.id, r.created_at AS "createdAt" FROM run r
WHERE r.workspace_id = $1 AND r.workflow_id IS NOT DISTINCT FROM $2 AND r.created_at < $3 AND (r.created_at, r.id) > ($4, $5)
  AND r.finished_at < $3 AND NOT r.kept AND (r.parent_run_id IS NULL OR NOT EXISTS (SELECT FROM run p WHERE p.id = r.parent_run_id))
ORDER BY r.created_at, r.id LIMIT ${ROOTS_PER_BATCH}`;

// Families of which every run has ended, is old by its own workflow's days and is not kept.
const FAMILIES = `
WITH RECURSIVE family AS (
  SELECT id AS root, id FROM unnest($1::uuid[]) AS g(id)
  UNION ALL SELECT f.root, r.id FROM family f JOIN run r ON r.parent_run_id = f.id
),
member AS (
  SELECT f.root, r.id, r.kept OR r.finished_at IS NULL OR r.finished_at >= coalesce(c.cutoff, '-infinity') AS stays
  FROM family f JOIN run r ON r.id = f.id
  LEFT JOIN unnest($2::uuid[], $3::timestamptz[]) AS c(workflow_id, cutoff) ON c.workflow_id = coalesce(r.workflow_id, '00000000-0000-0000-0000-000000000000')
)
SELECT root, array_agg(id::text) AS ids FROM member GROUP BY root HAVING NOT bool_or(stays)`;

const LOCK = "SELECT id FROM run WHERE id = ANY($1::uuid[]) AND NOT kept AND finished_at IS NOT NULL FOR UPDATE SKIP LOCKED";

/** Answers and links go with their wait, search rows with their run. */
const BELONGINGS = ["wait", "step_run", "run_event", "run_inbox", "llm_request", "step_cache", "blob_share", "run_change"] as const;

export interface Cutoffs {
  workflowIds: string[];
  cutoffs: (Date | null)[];
}

export interface Place {
  createdAt: Date;
  id: string;
}

export const BEGINNING: Place = { createdAt: new Date(0), id: "00000000-0000-0000-0000-000000000000" };

/** One batch of old runs of a workflow, whole or not at all. Answers where the next batch begins; null: that was all. */
export async function removeRuns(lease: Lease, workflowId: string | null, cutoff: Date, all: Cutoffs, after: Place): Promise<Place | null> {
  const { rows: roots } = await sharedPool().query<Place>(ROOTS, [lease.workspaceId, workflowId, cutoff, after.createdAt, after.id]);
  const { rows: families } = await sharedPool().query<{ root: string; ids: string[] }>(FAMILIES, [roots.map(({ id }) => id), all.workflowIds, all.cutoffs]);
  if (families.length > 0) {
    await inTransaction(sharedPool(), async (client) => {
      await holdLease(client, lease);
      const ids = await lockFamilies(client, families.map((family) => family.ids));
      if (ids.length === 0) return;
      const { blobs, blobBytes } = await loosenBlobs(client, { removedRuns: ids });
      for (const table of BELONGINGS) await client.query(`DELETE FROM ${table} WHERE run_id = ANY($1::uuid[])`, [ids]);
      const { rowCount: logs } = await client.query("DELETE FROM run_log WHERE run_id = ANY($1::uuid[])", [ids]);
      crashPoint("retention-belongings-deleted");
      await client.query("DELETE FROM run WHERE id = ANY($1::uuid[])", [ids]);
      await recordRemoved(client, lease.workspaceId, workflowId, { runs: ids.length, logs: logs ?? 0, blobs, blobBytes });
      crashPoint("retention-run-deleted");
    });
    crashPoint("retention-committed");
  }
  return roots.length < ROOTS_PER_BATCH ? null : (roots.at(-1) ?? null);
}

/** A run that somebody else is at just now (who keeps it, or repeats it) stays with its whole family until the next round. */
async function lockFamilies(client: ClientBase, families: readonly string[][]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(LOCK, [families.flat()]);
  const locked = new Set(rows.map(({ id }) => id));
  return families.filter((ids) => ids.every((id) => locked.has(id))).flat();
}
