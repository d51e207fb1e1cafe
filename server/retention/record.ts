import type { ClientBase } from "pg";

/** In place of a workflow's id for what belongs to none. */
export const NO_WORKFLOW = "00000000-0000-0000-0000-000000000000";

export interface Removed {
  runs: number;
  logs: number;
  events: number;
  blobs: number;
  blobBytes: number;
}

const RECORD = `
INSERT INTO retention_removal AS r (workspace_id, day, workflow_id, runs, logs, events, blobs, blob_bytes)
VALUES ($1, (clock_timestamp() AT TIME ZONE 'UTC')::date, $2, $3, $4, $5, $6, $7)
ON CONFLICT (workspace_id, day, workflow_id) DO UPDATE SET runs = r.runs + excluded.runs, logs = r.logs + excluded.logs,
  events = r.events + excluded.events, blobs = r.blobs + excluded.blobs, blob_bytes = r.blob_bytes + excluded.blob_bytes`;

/** In the transaction that removes it, so that the record is right whatever happens. */
export async function recordRemoved(client: ClientBase, workspaceId: string, workflowId: string | null, removed: Partial<Removed>): Promise<void> {
  const { runs = 0, logs = 0, events = 0, blobs = 0, blobBytes = 0 } = removed;
  if (runs + logs + events + blobs === 0) return;
  await client.query(RECORD, [workspaceId, workflowId ?? NO_WORKFLOW, runs, logs, events, blobs, blobBytes]);
}
