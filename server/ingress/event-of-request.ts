import { createHash } from "node:crypto";
import { newId } from "@/server/db/id";
import type { DedupeRule } from "@/server/triggers/kinds/webhook/spec";
import { decodeBody, type Endpoint, findByPath, type NewEvent } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { bodyOf } from "./read-request";

/** Headers that are keys to other things, or say nothing about the event. */
const LEFT_OUT = /^(authorization|cookie|proxy-.*|x-api-key|connection|host|content-length|transfer-encoding|x-forwarded-.*|x-real-ip|sec-.*)$/;

export async function eventOfRequest(endpoint: Endpoint, request: Incoming, bytes: Buffer, rule: DedupeRule, more: { meta: Record<string, unknown>; secretHeaders: readonly string[] }): Promise<NewEvent> {
  const url = new URL(request.url);
  const contentType = request.headers.get("content-type");
  const { meta, ...body } = await bodyOf(endpoint.workspaceId, contentType, bytes);
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !LEFT_OUT.test(name) && !more.secretHeaders.includes(name)));
  return {
    trigger: { id: endpoint.id, workspaceId: endpoint.workspaceId },
    receivedAt: endpoint.readAt,
    ...dedupeOf(rule, request.headers, bytes, body),
    headers,
    ...body,
    meta: { method: request.method, path: url.pathname, query: queryOf(url), ...meta, ...more.meta },
  };
}

/** A request that does not say what the rule asks for is an event of its own. */
function dedupeOf(rule: DedupeRule, headers: Headers, bytes: Buffer, body: Kept): Pick<NewEvent, "dedupeKey" | "dedupeWindowSeconds"> {
  const said = rule.type === "none" ? null : keyOf(rule, headers, bytes, body);
  if (said === null || rule.type === "none") return { dedupeKey: `request ${newId()}` };
  // Hashed: a key of any length, which is nobody's business in a list.
  return { dedupeKey: `${rule.type} ${createHash("sha256").update(said).digest("hex")}`, dedupeWindowSeconds: rule.windowSeconds };
}

/** An object or a list: what else is JSON may be a text as well. */
const JSON_BEGINS = /^\s*[{[]/;

type Kept = Pick<NewEvent, "body" | "contentType">;

function keyOf(rule: Exclude<DedupeRule, { type: "none" }>, headers: Headers, bytes: Buffer, body: Kept): string | Buffer | null {
  switch (rule.type) {
    case "header":
      return headers.get(rule.header);
    case "body":
      return bytes.length === 0 ? null : bytes;
    case "jsonPath": {
      const found = (document: unknown) => findByPath(document, rule.path, "dedupe.path")[0];
      const json = jsonOf(bytes);
      const value = found(json === undefined ? decoded(body) : json);
      return value === undefined || value === null ? null : JSON.stringify(value);
    }
  }
}

/** As the run gets it: JSON, a form, XML. */
function decoded({ body, contentType }: Kept): unknown {
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? null);
  return decodeBody(bytes, { contentType: contentType ?? null, meta: {} }) ?? {};
}

/** Senders say of their JSON that it is a form (as `curl -d` does), text or bytes. Undefined: it is none. */
function jsonOf(bytes: Buffer): unknown {
  if (!JSON_BEGINS.test(bytes.subarray(0, 64).toString("latin1"))) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** A name that occurs several times is a list. */
export function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length === 1 ? values[0]! : values];
  }));
}
