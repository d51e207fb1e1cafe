import type { PoolClient } from "pg";
import { ask } from "@/server/queue/ask";
import type { FactKind } from "./contract";

export interface Fact {
  id: string;
  workspaceId: string;
  kind: FactKind;
  key: string;
  subjectId: string;
  body: Record<string, unknown>;
  at: Date;
  attempts: number;
}

const MAX_ATTEMPTS = 10;
const FACTS_LOCK = 72_707_375;

const DUE = `
SELECT id, workspace_id AS "workspaceId", kind, key, subject_id AS "subjectId", body, at, attempts FROM platform_fact
WHERE done_at IS NULL AND due_at <= (SELECT clock_timestamp()) ORDER BY seq LIMIT $1`;

const DONE = "UPDATE platform_fact SET done_at = clock_timestamp(), error = NULL WHERE id = ANY ($1::uuid[])";

const FAILED = `
UPDATE platform_fact SET attempts = attempts + 1, error = left($2, 2000), due_at = clock_timestamp() + make_interval(secs => least(power(2, attempts), 600)),
  done_at = CASE WHEN attempts + 1 >= ${MAX_ATTEMPTS} THEN clock_timestamp() END
WHERE id = $1`;

/** One process at a time looks at facts, for as long as its transaction lasts; one that dies lets go at once. */
export async function holdFacts(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [FACTS_LOCK]);
  return rows[0]?.mine === true;
}

/** Asked each second by every worker: nothing is locked for it. */
export function hasDueFacts(): Promise<boolean> {
  return ask("EXISTS (SELECT FROM platform_fact WHERE done_at IS NULL AND due_at <= (SELECT clock_timestamp()))");
}

export async function dueFacts(client: PoolClient, limit: number): Promise<Fact[]> {
  const { rows } = await client.query<Fact>({ name: "facts-due", text: DUE, values: [limit] });
  return rows;
}

export async function markDone(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query({ name: "facts-done", text: DONE, values: [ids] });
}

/** Looked at again later, and given up after some time, with its reason: one fact must not stop the others. */
export async function markFailed(client: PoolClient, id: string, error: unknown): Promise<void> {
  await client.query({ name: "facts-failed", text: FAILED, values: [id, error instanceof Error ? error.message : String(error)] });
}
