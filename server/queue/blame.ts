import type { Pool } from "pg";
import type { Path } from "@/server/engine/events";
import { UnstorableError, type RunWrite } from "@/server/engine/ports";
import { isDataProblem } from "@/server/queue/database-errors";

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

/** Which step of a refused write has the value that cannot be stored. */
export async function blame(pool: Pool, write: RunWrite, cause: unknown): Promise<Error> {
  for (const { step, json, jsonb, text } of suspects(write)) {
    try {
      await pool.query(TRY, [json, jsonb, text]);
    } catch (error) {
      return isDataProblem(error) ? new UnstorableError(write.runId, step, { cause }) : (error as Error);
    }
  }
  return new UnstorableError(write.runId, null, { cause });
}

function suspects({ steps, waits, children }: RunWrite): Suspect[] {
  const none = { json: [], jsonb: [], text: [] };
  return [
    ...steps.map(({ path, attempt, input, output, error }) => ({ ...none, step: { path, attempt }, json: [input, output, error].filter((one) => typeof one === "string") })),
    ...waits.flatMap((row) => (row.op === "open" && row.wait.signal !== undefined ? [{ ...none, step: { path: row.path, attempt: row.attempt }, text: [row.wait.signal] }] : [])),
    ...children.flatMap(({ parent, labels, input }) => (parent === null ? [] : [{ ...none, step: { path: parent.path, attempt: parent.attempt }, json: [input], jsonb: [JSON.stringify(labels)] }])),
  ];
}
