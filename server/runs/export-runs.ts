import { stringify } from "csv-stringify/sync";
import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { runFilterSchema, RunSummary } from "./contract";
import { listRuns } from "./queries";

const RUNS_PER_PORTION = 1_000;

const COLUMNS: Readonly<Record<string, (run: RunSummary) => string | number | null>> = {
  id: (run) => run.id,
  workflow: (run) => run.workflow?.name ?? null,
  version: (run) => run.version?.number ?? null,
  mode: (run) => run.mode,
  status: (run) => run.status,
  trigger: (run) => run.trigger,
  started_by: (run) => run.startedBy,
  created_at: (run) => run.createdAt,
  started_at: (run) => run.startedAt,
  finished_at: (run) => run.finishedAt,
  duration_ms: (run) => (run.finishedAt === null ? null : Date.parse(run.finishedAt) - Date.parse(run.startedAt ?? run.createdAt)),
  error_code: (run) => run.failure?.code ?? null,
  error_message: (run) => run.failure?.message ?? null,
  error_path: (run) => run.failure?.path ?? null,
  labels: (run) => (Object.keys(run.labels).length === 0 ? null : JSON.stringify(run.labels)),
  parent_run_id: (run) => run.parentRunId,
};

export function csvHeader(): string {
  return stringify([Object.keys(COLUMNS)]);
}

/** Spreadsheets must not take a text for a formula. */
export function csvRows(runs: readonly RunSummary[]): string {
  return stringify(runs.map((run) => Object.values(COLUMNS).map((read) => read(run))), { escape_formulas: true });
}

/** Every run of the filter, newest first, a portion at a time: each in a transaction of its own. */
export async function* exportRuns(context: { scope: Scope }, filter: z.output<typeof runFilterSchema>): AsyncGenerator<string> {
  yield csvHeader();
  for (let cursor: string | undefined; ; ) {
    const page = await listRuns(context, { ...filter, cursor, limit: RUNS_PER_PORTION });
    if (page.items.length > 0) yield csvRows(page.items);
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
