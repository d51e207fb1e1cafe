import { context, type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { version } from "@/package.json";
import { readTraceparent } from "./run-trace";

export interface TracedRequest {
  method: string;
  /** Of the address what is the same for all callers: no token, no path of theirs. */
  route: string;
  /** Header of the caller. */
  traceparent: string | undefined;
}

/** The span of a request that no framework sees: it goes on with the caller's trace, and what is started in it is part of it. Without tracing it costs nothing. */
export async function inRequestSpan(request: TracedRequest, answer: () => Promise<Response>): Promise<Response> {
  const { method, route } = request;
  const parent = callerOf(request);
  const span = trace.getTracer("millrace", version).startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes: { "http.request.method": method, "http.route": route } }, parent);
  try {
    const response = await context.with(trace.setSpan(parent, span), answer);
    span.setAttribute("http.response.status_code", response.status);
    if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    return response;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function callerOf({ traceparent }: TracedRequest): Context {
  const caller = readTraceparent(traceparent);
  if (caller === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = caller;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true });
}
