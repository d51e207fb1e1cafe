import type { StepSummary } from "@/server/runs/contract";

/** How far a step is, beside its status. */
export function progressNote(progress: NonNullable<StepSummary["progress"]>): string {
  if (progress.waits !== undefined) return "waits for its worker";
  return progress.total === undefined ? String(progress.done) : `${progress.done}/${progress.total}`;
}
