import { createHash } from "node:crypto";
import type { ClaimedRun } from "@/server/engine/ports";

const SPAN_BYTES = 8;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NONE = /^0+$/;

export interface TraceParent {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

/** Header of W3C Trace Context; null when the text is none. */
export function readTraceparent(text: string | undefined): TraceParent | null {
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(text ?? "") ?? [];
  if (traceId === "" || NONE.test(traceId) || NONE.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function writeTraceparent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * Ids follow from the run, so that every process that works on it, before and after a crash, adds to the same tree: the trace is that
 * of the request that started the run, or the root run's id, which is 128 random bits already.
 */
export function traceIdOf({ options, rootRunId }: Pick<ClaimedRun, "options" | "rootRunId">): string {
  return readTraceparent(options.trace)?.traceId ?? rootRunId.replaceAll("-", "");
}

export function runSpanId(runId: string): string {
  return spanIdOf(`run ${runId}`);
}

export function stepSpanId(runId: string, path: string, attempt: number): string {
  return spanIdOf(`step ${runId} ${path} ${attempt}`);
}

function spanIdOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 2 * SPAN_BYTES);
}
