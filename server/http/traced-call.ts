import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { HttpFailure, type HttpRequest, type HttpResponse } from "./client";

interface Call {
  /** Tell the other side of the trace. */
  headers: Record<string, string>;
  answered(status: number): void;
  failed(error: unknown): void;
  end(): void;
}

/** A call is a span of its own under what makes it, and the other side is told of it. Null where nothing is traced. */
function beginCall(method: string, url: string): Call | null {
  if (trace.getActiveSpan() === undefined) return null;
  const span = trace.getTracer("millrace").startSpan(method, { kind: SpanKind.CLIENT, attributes: { "http.request.method": method, ...placeOf(url) } });
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  return {
    headers,
    answered(status) {
      span.setAttribute("http.response.status_code", status);
      if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    },
    failed: (error) => void span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof HttpFailure ? { message: error.code } : {}) }),
    end: () => span.end(),
  };
}

export async function tracedCall(request: HttpRequest, send: (request: HttpRequest) => Promise<HttpResponse>): Promise<HttpResponse> {
  const call = beginCall(request.method, request.url);
  if (call === null) return send(request);
  try {
    const answer = await send({ ...request, headers: { ...call.headers, ...request.headers } });
    call.answered(answer.status);
    return answer;
  } catch (error) {
    call.failed(error);
    throw error;
  } finally {
    call.end();
  }
}

/** The same for an answer that is read later, piece by piece: `fetching` calls `ended` when its body is over, however it ends. */
export async function tracedFetch<Answer extends { status: number }>({ method, url }: { method: string; url: string }, fetching: (headers: Record<string, string>, ended: () => void) => Promise<Answer>): Promise<Answer> {
  const call = beginCall(method, url);
  if (call === null) return fetching({}, () => undefined);
  try {
    const answer = await fetching(call.headers, call.end);
    call.answered(answer.status);
    return answer;
  } catch (error) {
    call.failed(error);
    call.end();
    throw error;
  }
}

/** Never the path or the query: they may hold what is nobody's business. */
function placeOf(url: string): Record<string, string | number> {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return { "server.address": hostname, "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port), "url.scheme": protocol.slice(0, -1) };
}
