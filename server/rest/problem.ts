import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { originOf } from "@/server/auth/request-origin";
import { DomainError } from "@/server/errors/domain-error";
import { TRANSPORT } from "@/server/errors/transport";
import type { ZodError } from "zod";
import type { ProblemDocument } from "./contract";
import { reportUnexpected } from "./report";

const RETRY_SECONDS = 2;

/** Says any error as a problem document; what nobody foresaw gives nothing away. */
export function problemResponse(error: unknown, requestId: string): Response {
  const known = asDomainError(error);
  const document: ProblemDocument =
    known === null
      ? { type: typeOf("internal"), title: "Internal error", status: 500, detail: `Something went wrong here. Request ${requestId}.` }
      : describe(known);
  return documentResponse({ ...document, instance: `urn:millrace:request:${requestId}` }, headersOf(known));
}

/** For handlers outside of the REST API: what they throw becomes a problem document too. */
export async function answerProblems(request: Pick<Request, "url" | "headers">, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const origin = originOf(request.headers);
    if (asDomainError(error) === null) reportUnexpected(error, new URL(request.url).pathname, origin);
    return problemResponse(error, origin.requestId);
  }
}

export function documentResponse(document: ProblemDocument, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(document), { status: document.status, headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers } });
}

export function typeOf(kind: string): string {
  return `urn:millrace:problem:${kind}`;
}

/** Null: nobody foresaw this. */
export function asDomainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  return isDatabaseUnavailable(error) ? new DomainError("unavailable", { what: "database" }, { cause: error }) : null;
}

function describe({ kind, data, message }: DomainError): ProblemDocument {
  const { status, title } = TRANSPORT[kind];
  const { field, reason, ...rest } = data as Record<string, unknown>;
  const errors = typeof field === "string" ? [{ field, reason: typeof reason === "string" ? reason : message }] : undefined;
  const extra = kind === "unauthenticated" ? {} : rest;
  return { ...extra, type: typeOf(kind), title, status, detail: message, ...(errors === undefined ? {} : { errors }) };
}

function headersOf(error: DomainError | null): Record<string, string> {
  if (error === null) return {};
  if (DomainError.is(error, "unauthenticated")) return { "www-authenticate": 'Bearer realm="Millrace"' };
  if (DomainError.is(error, "rate_limited")) return { "retry-after": String(error.data.retryAfterSeconds) };
  return error.kind === "unavailable" ? { "retry-after": String(RETRY_SECONDS) } : {};
}

/** The input did not fit its contract: every field that is wrong. */
export function invalidInputResponse(error: ZodError, requestId: string): Response {
  const errors = error.issues.map((issue) => ({ field: issue.path.join("."), reason: issue.message }));
  const [first] = errors;
  const { status, title } = TRANSPORT.invalid_input;
  const detail = first === undefined ? title : `${first.field === "" ? "The input" : first.field}: ${first.reason}`;
  return documentResponse({ type: typeOf("invalid_input"), title, status, detail, errors, instance: `urn:millrace:request:${requestId}` });
}
