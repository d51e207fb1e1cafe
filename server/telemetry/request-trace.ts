import { isSpanContextValid, trace, TraceFlags } from "@opentelemetry/api";
import { writeTraceparent } from "./run-trace";

/** `traceparent` of the request that is being answered, for a run that it starts; undefined when nothing is traced. */
export function requestTrace(): string | undefined {
  const current = trace.getActiveSpan()?.spanContext();
  if (current === undefined || !isSpanContextValid(current)) return undefined;
  return writeTraceparent({ traceId: current.traceId, spanId: current.spanId, sampled: (current.traceFlags & TraceFlags.SAMPLED) !== 0 });
}
