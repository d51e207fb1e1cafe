import { createHash } from "node:crypto";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { describeProvider } from "./describe";
import { groups } from "./groups";
import { applyPatch, type Json } from "./patch";
import { ScimError } from "./scim-error";
import { scopeOfScimRequest } from "./token";
import { users } from "./users";

const PREFIX = "/api/scim/v2";
const TYPE = "application/scim+json";
const MAX_BYTES = 2_000_000;
const MAX_PAGE = 200;
const DEFAULT_PAGE = 100;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KINDS: Readonly<Record<string, typeof users>> = { users, groups };

/** SCIM 2.0 (RFC 7644) below `/api/scim/v2`. */
export async function handleScim(request: Request): Promise<Response> {
  try {
    const organization = await scopeOfScimRequest(request);
    const [kind = "", id] = new URL(request.url).pathname.slice(PREFIX.length + 1).replace(/\/$/, "").split("/");
    const described = request.method === "GET" ? describeProvider(kind, id) : null;
    if (described !== null) return answer(200, described);
    const resources = KINDS[kind.toLowerCase()];
    if (resources === undefined) throw new ScimError(404, "there is nothing at this address");
    return await (id === undefined ? ofAll(organization, resources, request) : ofOne(organization, resources, request, id));
  } catch (error) {
    return problem(error);
  }
}

async function ofAll(organization: OrganizationScope, resources: typeof users, request: Request): Promise<Response> {
  if (request.method === "POST") return shown((await resources.find(organization, await resources.create(organization, await bodyOf(request))))!, 201);
  if (request.method !== "GET") throw new ScimError(405, `${request.method} is not possible here`);
  const { searchParams } = new URL(request.url);
  const startIndex = Math.max(1, numberOf(searchParams.get("startIndex"), 1));
  const take = Math.min(MAX_PAGE, Math.max(0, numberOf(searchParams.get("count"), DEFAULT_PAGE)));
  const { total, resources: found } = await resources.list(organization, searchParams.get("filter"), { skip: startIndex - 1, take });
  return answer(200, { schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], totalResults: total, startIndex, itemsPerPage: found.length, Resources: found.map(located) });
}

async function ofOne(organization: OrganizationScope, resources: typeof users, request: Request, id: string): Promise<Response> {
  const before = ID.test(id) ? await resources.find(organization, id) : null;
  if (before === null) throw new ScimError(404, "there is no such resource");
  const version = versionOf(before);
  const [ifMatch, ifNoneMatch] = [request.headers.get("if-match"), request.headers.get("if-none-match")];
  if (request.method === "GET") return ifNoneMatch === version ? new Response(null, { status: 304, headers: { etag: version } }) : shown(before, 200);
  const requireSame = (current: Json) => {
    if (ifMatch !== null && ifMatch !== "*" && ifMatch !== versionOf(current)) throw new ScimError(412, "the resource has changed since");
    return current;
  };
  requireSame(before);
  switch (request.method) {
    case "PUT": {
      const body = (await bodyOf(request)) as Json;
      await resources.change(organization, id, (current) => (requireSame(current), body), true);
      break;
    }
    case "PATCH": {
      const body = await bodyOf(request);
      await resources.change(organization, id, (current) => applyPatch(requireSame(current), body), false);
      break;
    }
    case "DELETE":
      await resources.remove(organization, before);
      return new Response(null, { status: 204 });
    default: throw new ScimError(405, `${request.method} is not possible here`);
  }
  return shown((await resources.find(organization, id))!, 200);
}

const versionOf = ({ meta: _, ...resource }: Json) => `W/"${createHash("sha256").update(JSON.stringify(resource)).digest("base64url").slice(0, 22)}"`;

function located(resource: Json): Json {
  const meta = resource.meta as Json;
  return { ...resource, meta: { ...meta, version: versionOf(resource), location: new URL(`${PREFIX}/${String(meta.resourceType)}s/${String(resource.id)}`, env.MILLRACE_URL).href } };
}

function shown(resource: Json, status: number): Response {
  const full = located(resource);
  const { version, location } = full.meta as { version: string; location: string };
  return answer(status, full, { etag: version, ...(status === 201 ? { location } : {}) });
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": TYPE, "cache-control": "no-store", ...headers } });
}

function problem(error: unknown): Response {
  const known = error instanceof ScimError ? error : DomainError.is(error, "rate_limited") ? new ScimError(429, error.message) : null;
  if (known === null) throw error;
  const { status, message, scimType } = known;
  return answer(status, { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(status), detail: message, ...(scimType === undefined ? {} : { scimType }) }, status === 401 ? { "www-authenticate": 'Bearer realm="Millrace"' } : {});
}

const numberOf = (text: string | null, otherwise: number) => (text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise);

async function bodyOf(request: Request): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BYTES) throw new ScimError(413, `the body is larger than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (cause) {
    throw new ScimError(400, "the body is not valid JSON", "invalidSyntax", { cause });
  }
}
