import type { RunDetail, StepDelta } from "@/server/runs/contract";

/** Where a workflow file is run: a server, or this process. */
export interface RunTarget {
  start(request: { definition: Record<string, unknown>; name: string; input: unknown; environment?: string }): Promise<string>;
  /** What changed after `afterSeq`; waits a while for a change. */
  follow(runId: string, afterSeq: number): Promise<StepDelta>;
  cancel(runId: string): Promise<void>;
  result(run: RunDetail): Promise<{ output: unknown; error: unknown }>;
  close(): Promise<void>;
}

export const FOLLOW_SECONDS = 20;
