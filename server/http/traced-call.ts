import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { HttpFailure, type HttpRequest, type HttpResponse } from "./client";

/** A call is a span of its own under what makes it, and the other side is told of it. Does nothing where nothing is traced. */
export async function tracedCall(request: HttpRequest, call: (request: HttpRequest) => Promise<HttpResponse>): Promise<HttpResponse> {
  if (trace.getActiveSpan() === undefined) return call(request);
  const attributes = { "http.request.method": request.method, ...placeOf(request.url) };
  const span = trace.getTracer("millrace").startSpan(request.method, { kind: SpanKind.CLIENT, attributes });
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  try {
    const answer = await call({ ...request, headers: { ...headers, ...request.headers } });
    span.setAttribute("http.response.status_code", answer.status);
    if (answer.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    return answer;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof HttpFailure ? { message: error.code } : {}) });
    throw error;
  } finally {
    span.end();
  }
}

/** Never the path or the query: they may hold what is nobody's business. */
function placeOf(url: string): Record<string, string | number> {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return { "server.address": hostname, "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port), "url.scheme": protocol.slice(0, -1) };
}
