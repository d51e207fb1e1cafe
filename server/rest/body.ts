import { originOf } from "@/server/auth/request-origin";
import { DomainError } from "@/server/errors/domain-error";
import { readLimitedBytes } from "@/server/auth/request-bytes";
import { problemResponse } from "./problem";

/** The body as JSON; nothing for an empty one. Reads no further than the limit. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const text = await readLimited(request);
  if (text.trim() === "") return undefined;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !type.endsWith("+json")) {
    throw new DomainError("invalid_input", { field: "content-type", reason: "must be application/json" });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("invalid_input", { field: "body", reason: `is not valid JSON: ${(cause as Error).message}` }, { cause });
  }
}

/** The request with a body that is known to be within the limit, or the answer that it is not. */
export async function limitBody(request: Request, limitBytes?: number): Promise<Request | Response> {
  if (request.body === null) return request;
  try {
    return new Request(request.url, { method: request.method, headers: request.headers, body: await readLimited(request, limitBytes), signal: request.signal });
  } catch (error) {
    if (DomainError.is(error, "too_large")) return problemResponse(error, originOf(request.headers).requestId);
    throw error;
  }
}

async function readLimited(request: Request, limitBytes?: number): Promise<string> {
  return new TextDecoder("utf-8").decode(await readLimitedBytes(request, limitBytes));
}
