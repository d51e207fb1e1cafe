import { originOf } from "@/server/auth/request-origin";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
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

export async function readLimitedBytes(request: Request, limitBytes = env.REQUEST_MAX_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new DomainError("too_large", { what: "request body", limitBytes });
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > limitBytes) throw tooLarge();
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
