export interface Load {
  /** Starts one three-step run and resolves with its result once it has finished. */
  call: (n: number) => Promise<number>;
  latencyRuns: number;
  concurrency: number;
  runs: number;
}

export interface Measured {
  medianMs: number;
  p95Ms: number;
  runsPerSecond: number;
  stepsPerSecond: number;
}

export function measure(load: Load): Promise<Measured>;

/** The load that the bench asks this process for. */
export function loadFromEnv(): Omit<Load, "call">;
