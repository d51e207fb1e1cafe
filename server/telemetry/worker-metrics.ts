import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import type { ClaimedRun } from "@/server/engine/ports";
import type { ObservedEnd } from "./contract";
import { addDispatchMetric } from "./dispatch-metric";

const STEP_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 30, 300];
const RUN_SECONDS = [0.01, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600, 86_400];

/** How often the delay of the event loop is looked at. */
const LOOP_DELAY_MS = 200;

/** As it is stored for whoever is asked for metrics. */
export type WorkerMetric = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];

/** What one worker process counts. Its names carry no tenant: who reads metrics sees none of a workspace's names. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #steps = new Counter({ name: "millrace_step_attempts_total", help: "Attempts of steps that ended.", labelNames: ["kind", "status"], registers: [this.#registry] });
  readonly #stepSeconds = new Histogram({ name: "millrace_step_attempt_seconds", help: "How long attempts of steps took.", labelNames: ["kind"], buckets: STEP_SECONDS, registers: [this.#registry] });
  readonly #runs = new Counter({ name: "millrace_runs_finished_total", help: "Runs that ended.", labelNames: ["status", "mode", "trigger"], registers: [this.#registry] });
  readonly #runSeconds = new Histogram({ name: "millrace_run_seconds", help: "From the first claim of a run to its end, waits included.", labelNames: ["status"], buckets: RUN_SECONDS, registers: [this.#registry] });
  readonly #queueSeconds = new Histogram({ name: "millrace_run_queue_seconds", help: "From the making of a run to its first claim.", buckets: RUN_SECONDS, registers: [this.#registry] });

  constructor(worker: string) {
    this.#registry.setDefaultLabels({ worker });
    addDispatchMetric(this.#registry);
    // A worker with nothing to do is not to wake a hundred times a second to look how late it is.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_DELAY_MS });
  }

  step(kind: string, { status }: ObservedEnd, seconds: number): void {
    this.#steps.inc({ kind, status });
    this.#stepSeconds.observe({ kind }, seconds);
  }

  run({ mode, triggerKind, createdAt, startedAt }: ClaimedRun, { status, finishedAt }: ObservedEnd & { finishedAt: number }): void {
    this.#runs.inc({ status, mode, trigger: triggerKind });
    this.#runSeconds.observe({ status }, (finishedAt - startedAt) / 1_000);
    this.#queueSeconds.observe((startedAt - createdAt) / 1_000);
  }

  read(): Promise<WorkerMetric[]> {
    return this.#registry.getMetricsAsJSON();
  }
}
