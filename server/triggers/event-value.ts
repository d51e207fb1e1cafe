import { XMLParser } from "fast-xml-parser";
import { readBlob } from "@/server/blobs/service";
import { decodeUntrusted } from "@/server/expressions/decoding";
import type { EventValue } from "@/server/triggers/kind";
import { VALUE_TYPE } from "@/server/triggers/new-event";
import { openContent, type EventContent } from "@/server/triggers/sealing";

export interface StoredEvent {
  id: string;
  workspaceId: string;
  receivedAt: Date;
  meta: Record<string, unknown>;
  headers: Record<string, string>;
  contentType: string | null;
  body: Uint8Array | null;
  bodyBlobId: string | null;
  dataKeyId: string | null;
}

/** Headers and body as they came, whether they were stored in the row, in the blob store, or sealed. */
export async function readContent(event: StoredEvent): Promise<EventContent> {
  const bytes = event.bodyBlobId === null ? event.body : await readBlob(event.workspaceId, event.bodyBlobId);
  if (event.bodyBlobId !== null && bytes === null) throw new Error(`the body of event ${event.id} is not in the blob store any more`);
  if (event.dataKeyId === null) return { headers: event.headers, body: bytes };
  if (bytes === null) throw new Error(`event ${event.id} is sealed but empty`);
  return openContent({ workspaceId: event.workspaceId, eventId: event.id }, event.dataKeyId, bytes);
}

export async function readEventValue(event: StoredEvent, trigger: { kind: string; name: string }): Promise<EventValue> {
  const { headers, body } = await readContent(event);
  return {
    ...event.meta,
    id: event.id,
    kind: trigger.kind,
    name: trigger.name,
    receivedAt: event.receivedAt.toISOString(),
    headers,
    contentType: event.contentType,
    body: decodeBody(body, event),
  };
}

/** A body that does not fit its content type stays text: what to make of it is the mapping's business. */
export function decodeBody(body: Uint8Array | null, { contentType, meta }: Pick<StoredEvent, "contentType" | "meta">): unknown {
  if (body === null || body.length === 0) return meta.file ?? null;
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === VALUE_TYPE) return decodeUntrusted(textOf(body));
  // From outside: what looks like one of our markers is data there.
  if (isJson(type)) return parsedJson(textOf(body));
  if (type === "application/x-www-form-urlencoded") return formOf(textOf(body));
  if (isXml(type)) return parsedXml(textOf(body));
  const text = type === "" ? utf8(body) : isText(type) ? textOf(body) : null;
  return text ?? { base64: Buffer.from(body).toString("base64") };
}

export function isJson(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
}

export function isText(type: string): boolean {
  return type.startsWith("text/") || isXml(type) || type === "application/graphql" || type === "application/yaml" || type === "application/x-yaml";
}

export function isXml(type: string): boolean {
  return type === "text/xml" || type === "application/xml" || type.endsWith("+xml");
}

// Entities that a document defines itself are not expanded: a short one could grow without bound.
const xml = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", parseTagValue: false, parseAttributeValue: false, processEntities: true });

/** Attributes are `@name`, all values texts. */
function parsedXml(text: string): unknown {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) return text;
  try {
    return xml.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textOf(body: Uint8Array): string {
  return new TextDecoder("utf-8").decode(body);
}

function utf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A name that occurs several times is a list. */
function formOf(text: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(text);
  return Object.fromEntries([...new Set(fields.keys())].map((name) => {
    const values = fields.getAll(name);
    return [name, values.length === 1 ? values[0]! : values];
  }));
}
