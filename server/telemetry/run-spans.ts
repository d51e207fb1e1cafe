import { context, type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Tracer } from "@opentelemetry/api";
import type { ClaimedRun } from "@/server/engine/ports";
import type { ObservedAttempt, ObservedEnd } from "./contract";
import type { PresetIds } from "./preset-ids";
import { readTraceparent, runSpanId, stepSpanId, traceIdOf, writeTraceparent } from "./run-trace";

/** Spans of runs and their steps. A span is made when it has ended, under an id that its children could know before. */
export class RunSpans {
  readonly #sampled = new WeakMap<ClaimedRun, boolean>();

  constructor(
    private readonly tracer: Tracer,
    private readonly ids: PresetIds,
  ) {}

  /** Calls of the attempt become children of its span. */
  inside<Result>(run: ClaimedRun, attempt: ObservedAttempt, work: () => Promise<Result>): Promise<Result> {
    return context.with(this.#contextOf(run, stepSpanId(run.id, attempt.path, attempt.number)), work);
  }

  step(run: ClaimedRun, attempt: ObservedAttempt, end: ObservedEnd, from: number, to: number): void {
    const spanId = stepSpanId(run.id, attempt.path, attempt.number);
    const attributes = { ...attributesOf(run), "millrace.step.path": attempt.path, "millrace.step.kind": attempt.kind, "millrace.step.attempt": attempt.number, "millrace.step.status": end.status };
    this.#span(`step ${attempt.nodeId}`, { traceId: traceIdOf(run), spanId }, this.#contextOf(run, runSpanId(run.id)), { attributes, end, from, to });
  }

  run(run: ClaimedRun, end: ObservedEnd & { finishedAt: number }): void {
    const attributes = { ...attributesOf(run), "millrace.run.status": end.status, "millrace.run.trigger": run.triggerKind, "millrace.run.mode": run.mode };
    this.#span("run", { traceId: traceIdOf(run), spanId: runSpanId(run.id) }, parentOf(run), { attributes, end, from: run.startedAt, to: end.finishedAt });
  }

  traceOf(run: ClaimedRun, path: string, attempt: number): string {
    return writeTraceparent({ traceId: traceIdOf(run), spanId: stepSpanId(run.id, path, attempt), sampled: this.#isSampled(run) });
  }

  #span(name: string, ids: { traceId: string; spanId: string }, parent: Context, { attributes, end, from, to }: { attributes: Record<string, string | number>; end: ObservedEnd; from: number; to: number }): void {
    const span = this.ids.with(ids, () => this.tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: from, attributes }, parent));
    if (end.status === "failed") span.setStatus({ code: SpanStatusCode.ERROR, ...(end.code === undefined ? {} : { message: end.code }) });
    span.end(to);
  }

  #contextOf(run: ClaimedRun, spanId: string): Context {
    return trace.setSpanContext(ROOT_CONTEXT, { traceId: traceIdOf(run), spanId, traceFlags: this.#isSampled(run) ? TraceFlags.SAMPLED : TraceFlags.NONE });
  }

  /** The sampler is asked once per run and process; it decides by the trace's id, so that all answer the same. */
  #isSampled(run: ClaimedRun): boolean {
    let sampled = this.#sampled.get(run);
    if (sampled === undefined) {
      const ids = { traceId: traceIdOf(run), spanId: runSpanId(run.id) };
      const probe = this.ids.with(ids, () => this.tracer.startSpan("run", {}, parentOf(run)));
      sampled = (probe.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      this.#sampled.set(run, sampled);
    }
    return sampled;
  }
}

/** The request, or the step of the parent run, that the run comes from. */
function parentOf(run: ClaimedRun): Context {
  const parent = readTraceparent(run.options.trace);
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true });
}

function attributesOf({ id, workspaceId, workflowId }: ClaimedRun): Record<string, string> {
  return { "millrace.run.id": id, "millrace.workspace.id": workspaceId, ...(workflowId === null ? {} : { "millrace.workflow.id": workflowId }) };
}
