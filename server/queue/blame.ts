import type { Pool } from "pg";
import type { Path } from "@/server/engine/events";
import { UnstorableError, type NewRun, type RunWrite } from "@/server/engine/ports";
import { isDataProblem } from "@/server/queue/database-errors";
import { insertRuns } from "@/server/queue/enqueue";

interface Suspect {
  step: { path: Path; attempt: number };
  json: string[];
  /** Labels, which are stored as `jsonb`: it takes less than `json`. */
  jsonb: string[];
  text: string[];
}

const TRY = `
SELECT (SELECT count(t::json) FROM unnest($1::text[]) AS t), (SELECT count(t::jsonb) FROM unnest($2::text[]) AS t),
  (SELECT count(t) FROM unnest($3::text[]) AS t)`;

/** Which step of a refused write has the value that cannot be stored, or starts a run that the database refuses. */
export async function blame(pool: Pool, write: RunWrite, cause: unknown): Promise<Error> {
  for (const { step, json, jsonb, text } of suspects(write)) {
    try {
      await pool.query(TRY, [json, jsonb, text]);
    } catch (error) {
      return isDataProblem(error) ? new UnstorableError(write.runId, step, { cause }) : (error as Error);
    }
  }
  const child = await refusedChild(pool, write).catch((error: unknown) => error as Error);
  if (child instanceof Error) return child;
  return new UnstorableError(write.runId, child, { cause }, child === null ? "value" : "child");
}

/** What a child run belongs to may be gone since its step chose it: each is made once more by itself, and taken back. */
async function refusedChild(pool: Pool, { children }: RunWrite): Promise<Suspect["step"] | null> {
  for (const child of children) {
    const step = starterOf(child);
    if (step === null) continue;
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await insertRuns(client, [child]);
    } catch (error) {
      if (isDataProblem(error)) return step;
      throw error;
    } finally {
      await client.query("ROLLBACK").catch(() => {});
      client.release();
    }
  }
  return null;
}

function starterOf({ parent, detachedFrom }: NewRun): Suspect["step"] | null {
  return parent === null ? (detachedFrom ?? null) : { path: parent.path, attempt: parent.attempt };
}

function suspects({ steps, waits, children }: RunWrite): Suspect[] {
  const none = { json: [], jsonb: [], text: [] };
  return [
    ...steps.map(({ path, attempt, input, output, error }) => ({ ...none, step: { path, attempt }, json: [input, output, error].filter((one) => typeof one === "string") })),
    ...waits.flatMap((row) => (row.op === "open" && row.wait.signal !== undefined ? [{ ...none, step: { path: row.path, attempt: row.attempt }, text: [row.wait.signal] }] : [])),
    ...children.flatMap((child) => {
      const step = starterOf(child);
      return step === null ? [] : [{ ...none, step, json: [child.input], jsonb: [JSON.stringify(child.labels)] }];
    }),
  ];
}
