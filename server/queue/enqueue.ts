import type { ClientBase, Pool } from "pg";
import type { NewRun } from "@/server/engine/ports";
import { storableJson } from "@/server/queue/storable-json";
import { storableText } from "@/server/expressions/storable";
import { Columns } from "@/server/queue/columns";
import { GIVER_HAS } from "@/server/queue/giver";
import { givenBytes } from "@/server/queue/given-bytes";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";

/** A run that was made claimable, for those who wake workers. */
export interface Enqueued {
  runId: string;
  workspaceId: string;
  pool: string;
  rank: number;
  /** It is claimed as a suspect (`suspects.ts`); known of those that were lost just now. */
  isSuspect?: boolean;
  /** Times at which it was made and claimed, when that happened in one. */
  begun?: { createdAt: number; startedAt: number } | null;
}

/** What the service that starts a run knows beyond what the engine needs. */
export interface RunOrigin {
  startedById?: string;
  /** Of one that a step started by the API: who is behind the run of that step. */
  startedForId?: string;
  triggerId?: string;
  /** The batch that it was started with. */
  batchId?: string;
  /** Journal rows were copied for it: its history must be read at the first claim. */
  hasHistory?: boolean;
  /** The worker that has it from the beginning. */
  lease?: { owner: string; seconds: number };
}

export type EnqueuedRun = NewRun & RunOrigin;

const RUN = new Columns<EnqueuedRun>([
  ["id", "uuid", (run) => run.id],
  ["workspace_id", "uuid", (run) => run.workspaceId],
  ["workflow_id", "uuid", (run) => run.workflowId],
  ["version_id", "uuid", (run) => run.versionId],
  ["mode", "text", (run) => run.mode],
  ["pool", "text", (run) => storableText(run.pool)],
  ["priority", "int", (run) => run.priority],
  ["input", "text", (run) => run.input],
  ["trigger", "text", (run) => run.trigger],
  ["trigger_kind", "text", (run) => run.triggerKind],
  ["trigger_id", "uuid", (run) => run.triggerId ?? null],
  ["parent_run_id", "uuid", (run) => run.parent?.runId ?? null],
  ["parent_path", "text", (run) => run.parent?.path ?? null],
  ["parent_attempt", "int", (run) => run.parent?.attempt ?? null],
  ["root_run_id", "uuid", (run) => run.rootRunId],
  ["depth", "int", (run) => run.depth],
  ["labels", "text", (run) => JSON.stringify(run.labels)],
  ["options", "text", (run) => storableJson(run.options)],
  ["run_as", "text", (run) => run.runAs ?? null],
  ["identity", "text", (run) => run.identity ?? null],
  ["started_by_id", "uuid", (run) => run.startedById ?? null],
  ["started_for_id", "uuid", (run) => run.startedForId ?? null],
  ["batch_id", "uuid", (run) => run.batchId ?? null],
  ["environment_id", "uuid", (run) => run.environmentId ?? null],
  ["due_ms", "float8", (run) => run.dueAt ?? null],
  ["given_bytes", "int", (run) => givenBytes(run)],
  ["has_history", "boolean", (run) => run.hasHistory ?? false],
  ["owner", "uuid", (run) => run.lease?.owner ?? null],
  ["lease_seconds", "float8", (run) => run.lease?.seconds ?? null],
]);

const JSON_COLUMNS: Record<string, string> = { input: "json", trigger: "json", options: "json", identity: "json", labels: "jsonb" };
const QUEUE_COLUMNS = ["due_ms", "given_bytes", "has_history", "owner", "lease_seconds"];
const RUN_COLUMNS = RUN.names.split(", ").filter((name) => !QUEUE_COLUMNS.includes(name));
const SELECTED = RUN_COLUMNS.map((name) => (name in JSON_COLUMNS ? `${name}::${JSON_COLUMNS[name] ?? ""}` : name)).join(", ");

/** Blobs that are another's stay as long as a run is there which was started with them. Whoever gives one has it. */
const SHARED = `shared AS (
  INSERT INTO blob_share (blob_id, run_id, workspace_id)
  SELECT DISTINCT b.id, m.id, m.workspace_id FROM unnest($${RUN.size + 1}::uuid[], $${RUN.size + 2}::uuid[], $${RUN.size + 3}::uuid[]) AS f(run_id, blob_id, giver)
  JOIN made_runs m ON m.id = f.run_id JOIN blob b ON b.id = f.blob_id AND b.workspace_id = m.workspace_id
  WHERE ${GIVER_HAS}
  ON CONFLICT DO NOTHING),
`;

// Nothing is read back of the queue's rows: whoever has access to parts of a workspace sees those of runs that were there before the statement.
// A run that is known already stays as it is: repeating an enqueue is harmless.
/** Parts of a statement which make runs of the parameters from `from` on, those that `which` leaves of them; the last part, `queued`, has what became claimable. */
export const enqueueParts = (from: number, which = "", more = "") => `
given_runs AS MATERIALIZED (SELECT g.* FROM ${RUN.unnest("g", from)} ${which}),
made_runs AS (INSERT INTO run (${RUN_COLUMNS.join(", ")}) SELECT ${SELECTED} FROM given_runs ON CONFLICT (id) DO NOTHING RETURNING id, workspace_id),
noted_runs AS (INSERT INTO run_change (run_id, workspace_id) SELECT id, workspace_id FROM made_runs),
${more}due_runs AS (
  SELECT g.*, g.due_ms IS NOT NULL AND to_timestamp(g.due_ms / 1000) > clock_timestamp() AS later,
    floor(coalesce(g.due_ms, extract(epoch FROM clock_timestamp()) * 1000) - g.priority * ${PRIORITY_STEP_MS}::float8)::bigint AS rank,
    CASE WHEN g.owner IS NOT NULL THEN clock_timestamp()::timestamptz(3) END AS begun_at
  FROM given_runs g JOIN made_runs m ON m.id = g.id
),
placed AS (
  INSERT INTO run_queue (run_id, workspace_id, pool, state, rank, due_at, has_history, given_bytes, lease_owner, lease_epoch, lease_until, started_at)
  SELECT id, workspace_id, pool, CASE WHEN later THEN 'waiting' WHEN owner IS NULL THEN 'queued' ELSE 'running' END, rank, CASE WHEN later THEN to_timestamp(due_ms / 1000) END, has_history,
    given_bytes, owner, CASE WHEN owner IS NULL THEN 0 ELSE 1 END, clock_timestamp() + make_interval(secs => lease_seconds), begun_at
  FROM due_runs),
queued AS (
  SELECT id AS "runId", workspace_id AS "workspaceId", pool, rank::float8 AS rank,
    (extract(epoch FROM begun_at) * 1000)::float8 AS "startedAt", (extract(epoch FROM now()::timestamptz(3)) * 1000)::float8 AS "createdAt" FROM due_runs)`;

export const enqueueValues = (runs: readonly EnqueuedRun[]) => RUN.values(runs);

const enqueue = (more: string) => `WITH ${enqueueParts(1, "", more)} SELECT * FROM queued`;
const ENQUEUE = enqueue("");
const ENQUEUE_SHARED = enqueue(SHARED);

/**
 * Makes runs known and claimable, in the transaction of `client` when it is one. Answers those that were new.
 * Whoever calls it wakes the workers after the commit.
 */
export async function insertRuns(client: ClientBase | Pool, runs: readonly EnqueuedRun[]): Promise<Enqueued[]> {
  if (runs.length === 0) return [];
  const values = RUN.values(runs);
  const shared = runs.flatMap((run) => (run.files ?? []).map((file) => ({ runId: run.id, ...file })));
  const statement =
    shared.length === 0
      ? { name: "millrace-enqueue", text: ENQUEUE, values }
      : { name: "millrace-enqueue-shared", text: ENQUEUE_SHARED, values: [...values, shared.map((one) => one.runId), shared.map((one) => one.id), shared.map((one) => one.from)] };
  const { rows } = await client.query<Omit<Enqueued, "begun"> & { createdAt: number; startedAt: number | null }>(statement);
  return rows.map(({ createdAt, startedAt, ...run }) => ({ ...run, begun: startedAt === null ? null : { createdAt, startedAt } }));
}
