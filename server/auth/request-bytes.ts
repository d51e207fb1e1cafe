import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";

/** Reads no further than the limit. */
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
