import { Histogram, type Registry } from "prom-client";

const SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 30, 300, 3_600];

// A development server reloads modules; what was counted survives it here.
const holder = globalThis as typeof globalThis & { millraceDispatchSeconds?: Histogram<"kind"> };
const dispatched = (holder.millraceDispatchSeconds ??= new Histogram({ name: "millrace_trigger_dispatch_seconds", help: "From the recording of an event to the making of its run, what held it included.", labelNames: ["kind"], buckets: SECONDS, registers: [] }));

/** An event of a trigger of that kind has become a run in this process. */
export function noteDispatched(kind: string, receivedAt: Date): void {
  // The database's clock, which says when it came, may be ahead.
  dispatched.observe({ kind }, Math.max(0, Date.now() - receivedAt.getTime()) / 1_000);
}

/** A process tells of it with what else it counts. */
export function addDispatchMetric(registry: Registry): void {
  registry.registerMetric(dispatched);
}
