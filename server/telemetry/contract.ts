import type { ClaimedRun } from "@/server/engine/ports";

export interface ObservedAttempt {
  path: string;
  number: number;
  nodeId: string;
  kind: string;
  /** Milliseconds since 1970. */
  startedAt: number;
}

export interface ObservedEnd {
  /** `succeeded`, `failed`, `cancelled`, `skipped`, `waiting`. */
  status: string;
  /** Of the error. */
  code?: string;
}

/** Told of what a worker does, for metrics and traces. It never throws, and what it is told changes nothing. */
export interface RunObserver {
  /** Carries out one attempt. One that waited is told once per stretch of work. */
  attempt<Result>(run: ClaimedRun, attempt: ObservedAttempt, work: () => Promise<Result>, endOf: (result: Result) => ObservedEnd): Promise<Result>;
  /** Once per run, after its end is durable. `finishedAt`: milliseconds since 1970. */
  runEnded(run: ClaimedRun, end: ObservedEnd & { finishedAt: number }): void;
  /** What a child run of this attempt carries to be part of the same trace. */
  traceOf(run: ClaimedRun, path: string, attempt: number): string | undefined;
}
