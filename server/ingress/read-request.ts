import { XMLValidator } from "fast-xml-parser";
import { putBlob } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import { jsonErrorOffset } from "@/server/schema/json-error-offset";
import type { NewEvent } from "@/server/triggers/service";
import { VALUE_TYPE, valueBody } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { readMultipart } from "./multipart";
import { refusal, TurnedAway } from "./turned-away";

/** Reads no further than the limit. */
export async function readBytes(request: Incoming, limitBytes: number): Promise<Buffer> {
  const tooLarge = () => new TurnedAway("too_large", refusal({ kind: "too_large", title: "Too large", status: 413, detail: `The request body is larger than ${limitBytes} bytes.`, more: { limitBytes } }));
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  if (request.body === null) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of partsOf(request)) {
    size += part.length;
    if (size > limitBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A sender that breaks off is no error of ours. */
async function* partsOf({ body }: Incoming): AsyncIterable<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch {
    throw new TurnedAway("malformed", refusal({ kind: "invalid_input", title: "Invalid input", status: 400, detail: "The body ended before its time." }));
  }
}

export type EventBody = Pick<NewEvent, "id" | "body" | "contentType"> & { meta: Record<string, unknown> };

/** The body as the inbox keeps it. Text stays as it came; files and other bytes go to the blob store, under the event's id. */
export async function bodyOf(workspaceId: string, contentType: string | null, bytes: Buffer): Promise<EventBody> {
  if (bytes.length === 0) return { body: null, contentType, meta: {} };
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const id = newId();
  const keep = async (name: string, mediaType: string, data: Uint8Array) => {
    const { id: blobId, size } = await putBlob({ workspaceId, owner: { type: "trigger_event", id }, contentType: mediaType, name }, data);
    return { $file: { id: blobId, name, mediaType, size } };
  };
  if (type === "multipart/form-data") return { id, ...valueBody(await readMultipart(contentType ?? "", bytes, keep)), meta: { sentAs: contentType } };
  if (type === VALUE_TYPE) return { id, body: bytes, contentType: "application/json", meta: {} };
  if (type === "application/json" || type.endsWith("+json")) requireJson(bytes);
  if (type === "application/xml" || type === "text/xml" || type.endsWith("+xml")) requireXml(bytes);
  if (isReadable(type, bytes)) return { id, body: bytes, contentType, meta: {} };
  return { id, body: null, contentType, meta: { file: await keep("body", type === "" ? "application/octet-stream" : type, bytes) } };
}

function requireJson(bytes: Buffer): void {
  const text = bytes.toString("utf8");
  try {
    JSON.parse(text);
  } catch {
    throw malformed("JSON", text, jsonErrorOffset(text));
  }
}

function requireXml(bytes: Buffer): void {
  const result = XMLValidator.validate(bytes.toString("utf8"));
  if (result === true) return;
  const { line, col, msg } = result.err;
  throw malformedAt("XML", { line, column: col }, msg);
}

function malformed(format: string, text: string, position: number): TurnedAway {
  const before = text.slice(0, position).split("\n");
  return malformedAt(format, { position, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }, position >= text.length ? "it ends too early" : "something else is expected there");
}

function malformedAt(format: string, place: { position?: number; line: number; column: number }, why: string): TurnedAway {
  const detail = `The body is not valid ${format}: at line ${place.line}, column ${place.column}, ${why}.`;
  return new TurnedAway("malformed", refusal({ kind: "invalid_input", title: "Invalid input", status: 400, detail, more: { errors: [{ field: "body", reason: `is not valid ${format}`, ...place }] } }));
}

/** Whether the inbox can keep it as text. */
function isReadable(type: string, bytes: Buffer): boolean {
  if (type.startsWith("text/") || /[/+](json|xml|yaml|x-yaml|graphql|javascript|x-www-form-urlencoded|x-ndjson)$/.test(type)) return true;
  if (type !== "") return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
