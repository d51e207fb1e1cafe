import type { Health, HealthWindow, RunCounts } from "./contract";
import { HEALTH_WINDOWS } from "./contract";
import type { HealthRow } from "./queries";

export const NO_RUNS: RunCounts = { succeeded: 0, failed: 0, cancelled: 0, unfinished: 0 };

/** The window ends now and falls into parts of equal length. */
export function spanOf(window: HealthWindow, now: number): { from: Date; to: Date; partMilliseconds: number; parts: number } {
  const { milliseconds, parts } = HEALTH_WINDOWS[window];
  const partMilliseconds = milliseconds / parts;
  return { from: new Date(now - milliseconds), to: new Date(now), partMilliseconds, parts };
}

function statusOf(stored: string): keyof RunCounts {
  return stored === "succeeded" || stored === "failed" || stored === "cancelled" ? stored : "unfinished";
}

function add(counts: RunCounts, status: keyof RunCounts, runs: number): RunCounts {
  return { ...counts, [status]: counts[status] + runs };
}

export function healthOf(rows: readonly HealthRow[], window: HealthWindow, now: number): Health {
  const { from, to, partMilliseconds, parts: length } = spanOf(window, now);
  const parts = Array.from({ length }, (_, part) => ({ from: new Date(from.getTime() + part * partMilliseconds).toISOString(), counts: NO_RUNS }));
  let counts = NO_RUNS;
  for (const row of rows) {
    if (row.about !== "part" || row.status === null || row.part === null) continue;
    const status = statusOf(row.status);
    // A run of this very moment belongs to the last part.
    const part = parts[Math.min(Math.max(row.part, 0), length - 1)]!;
    part.counts = add(part.counts, status, row.runs);
    counts = add(counts, status, row.runs);
  }
  const of = (about: HealthRow["about"]) => rows.filter((row) => row.about === about);
  const [all] = of("all");
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    counts,
    parts,
    limitedTo: all?.oldest ? { runs: all.runs, since: all.oldest.toISOString() } : null,
    failing: of("failing").map((row) => ({ ...workflowOf(row), failed: row.failed })).sort((one, other) => other.failed - one.failed),
    slowest: of("slowest").map((row) => ({ ...workflowOf(row), p95Milliseconds: Math.max(0, Math.round(row.p95 ?? 0)) })).sort((one, other) => other.p95Milliseconds - one.p95Milliseconds),
  };
}

function workflowOf({ workflowId, workflowName, runs }: HealthRow): { id: string; name: string; runs: number } {
  return { id: workflowId ?? "", name: workflowName ?? "", runs };
}
