import type { ObservedEnd, RunObserver } from "./contract";
import { RunSpans } from "./run-spans";
import type { Tracing } from "./tracing";
import { type WorkerMetric, WorkerMetrics } from "./worker-metrics";

export interface WorkerTelemetry {
  observer: RunObserver;
  metrics(): Promise<WorkerMetric[]>;
  stop(): Promise<void>;
}

/** Metrics always, traces when they are wanted. */
export function startWorkerTelemetry(name: string, tracing: Tracing | null): WorkerTelemetry {
  const metrics = new WorkerMetrics(name);
  const spans = tracing === null ? null : new RunSpans(tracing.tracer, tracing.ids);
  return {
    observer: {
      attempt: async (run, attempt, work, endOf) => {
        const from = Date.now();
        const began = performance.now();
        const tell = (end: ObservedEnd) => {
          const took = performance.now() - began;
          metrics.step(attempt.kind, end, took / 1_000);
          spans?.step(run, attempt, end, from, from + took);
        };
        const result = await (spans === null ? work() : spans.inside(run, attempt, work));
        tell(endOf(result));
        return result;
      },
      runEnded: (run, end) => {
        metrics.run(run, end);
        spans?.run(run, end);
      },
      traceOf: (run, path, number) => spans?.traceOf(run, path, number),
    } satisfies RunObserver,
    metrics: () => metrics.read(),
    stop: async () => void (await tracing?.stop()),
  };
}

