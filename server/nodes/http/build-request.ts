import { randomUUID } from "node:crypto";
import type { StepContext } from "@/server/nodes/runner";
import { HttpFailure, type HttpRequest } from "@/server/http/client";
import { isFileValue } from "@/server/nodes/file-value";
import type { HttpConfig } from "./spec";

type Context = Pick<StepContext<HttpConfig>, "config" | "secret" | "ownToken" | "idempotencyKey" | "services" | "run" | "signal">;

const MEBIBYTE = 1024 * 1024;

/** Puts the secrets in and writes the request of one page out. `over`: what pagination changes. */
export async function buildRequest(ctx: Context, over: PageOverride = {}): Promise<HttpRequest> {
  const { config } = ctx;
  if (over.url !== undefined) refuseOtherOrigin(config, over.url);
  const headers = await headersOf(ctx, over.headers ?? {});
  const body = over.body === undefined ? config.body : ({ type: "json", value: over.body } as const);
  const { data, contentType } = await bodyOf(ctx, body);
  if (contentType !== null && !hasHeader(headers, "content-type")) headers["content-type"] = contentType;
  const auth = await credentialsOf(ctx);
  return {
    method: config.method,
    url: urlOf(over.url ?? config.url, over.url === undefined ? config.query : {}, { ...over.query, ...auth.query }),
    headers: { ...headers, ...auth.headers },
    body: data,
    timeoutMs: config.timeoutSeconds * 1_000,
    maxResponseBytes: Math.floor(config.maxResponseMb * MEBIBYTE),
    maxRedirects: config.maxRedirects,
    confidentialHeaders: [...Object.keys(auth.headers), ...secretHeaders(config)],
    signal: ctx.signal,
    ...(config.auth.type === "run" ? { isOwnCall: true } : {}),
  };
}

/** What the next page's request changes. */
export interface PageOverride {
  url?: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
}

async function headersOf(ctx: Context, over: Record<string, string>): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(ctx.config.headers)) headers[name.toLowerCase()] = await ctx.secret(value);
  for (const [name, value] of Object.entries(over)) headers[name.toLowerCase()] = value;
  if (ctx.config.idempotencyHeader !== undefined) headers[ctx.config.idempotencyHeader.toLowerCase()] = ctx.idempotencyKey;
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw new HttpFailure("invalid_header", `"${name}" is no header name`);
    if (/[\r\n\0]/.test(value)) throw new HttpFailure("invalid_header", `the header "${name}" holds a line break`);
  }
  return headers;
}

/** Headers whose config mentions a secret. */
function secretHeaders(config: HttpConfig): string[] {
  return Object.entries(config.headers).flatMap(([name, value]) => (typeof value === "string" ? [] : [name.toLowerCase()]));
}

/** The address of the next page comes from outside: credentials never follow it to another place. */
function refuseOtherOrigin(config: HttpConfig, url: string): void {
  const hasCredentials = config.auth.type !== "none" || secretHeaders(config).length > 0;
  if (hasCredentials && new URL(url).origin !== new URL(config.url).origin) {
    throw new HttpFailure("invalid_page", `the next page is at ${new URL(url).origin}, which must not get the credentials for ${new URL(config.url).origin}`);
  }
}

interface Credentials {
  headers: Record<string, string>;
  query: Record<string, string>;
}

async function credentialsOf({ config, secret, ownToken }: Context): Promise<Credentials> {
  const { auth } = config;
  switch (auth.type) {
    case "none":
      return { headers: {}, query: {} };
    case "bearer":
      return { headers: { authorization: `Bearer ${await secret(auth.token)}` }, query: {} };
    case "run":
      return { headers: { authorization: `Bearer ${await ownToken(auth.permissions, config.url)}` }, query: {} };
    case "basic": {
      const pair = `${await secret(auth.username)}:${await secret(auth.password)}`;
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` }, query: {} };
    }
    case "header":
      return { headers: { [auth.name.toLowerCase()]: await secret(auth.value) }, query: {} };
    case "query":
      return { headers: {}, query: { [auth.name]: await secret(auth.value) } };
  }
}

function urlOf(text: string, query: Record<string, unknown>, over: Record<string, unknown>): string {
  if (!URL.canParse(text)) throw new HttpFailure("invalid_url", `"${text.slice(0, 200)}" is no address`);
  const url = new URL(text);
  for (const [name, value] of Object.entries({ ...query, ...over })) {
    if (Object.hasOwn(over, name)) url.searchParams.delete(name);
    for (const entry of [value].flat()) if (entry !== null && entry !== undefined) url.searchParams.append(name, queryText(entry));
  }
  return url.href;
}

function queryText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

interface WrittenBody {
  data: Uint8Array | string | null;
  contentType: string | null;
}

async function bodyOf(ctx: Context, body: HttpConfig["body"]): Promise<WrittenBody> {
  switch (body.type) {
    case "none":
      return { data: null, contentType: null };
    case "json":
      return { data: JSON.stringify(body.value ?? null), contentType: "application/json" };
    case "form":
      return { data: new URLSearchParams(body.fields).toString(), contentType: "application/x-www-form-urlencoded" };
    case "text":
      return { data: body.text, contentType: body.contentType };
    case "multipart":
      return multipart(ctx, body);
  }
}

async function multipart(ctx: Context, body: Extract<HttpConfig["body"], { type: "multipart" }>): Promise<WrittenBody> {
  const boundary = `millrace-${randomUUID()}`;
  const parts: Buffer[] = [];
  const add = (name: string, more: string, data: Uint8Array | string) => {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${more}\r\n\r\n`), Buffer.from(data), Buffer.from("\r\n"));
  };
  for (const [name, text] of Object.entries(body.fields)) add(name, "", text);
  for (const [name, file] of Object.entries(body.files)) {
    if (!isFileValue(file)) throw new HttpFailure("invalid_body", `the part "${name}" is no file`);
    const data = await ctx.services.files.read(ctx.run.workspaceId, file.$file.id);
    if (data === null) throw new HttpFailure("invalid_body", `the file of the part "${name}" does not exist any more`);
    const mediaType = /^[\w.+-]+\/[\w.+-]+$/.test(file.$file.mediaType) ? file.$file.mediaType : "application/octet-stream";
    add(name, `; filename="${quoted(file.$file.name)}"\r\nContent-Type: ${mediaType}`, data);
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { data: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

const ESCAPES: Record<string, string> = { '"': "%22", "\r": "%0D", "\n": "%0A" };
const quoted = (text: string) => text.replace(/["\r\n]/g, (character) => ESCAPES[character] ?? "");

function hasHeader(headers: Record<string, string>, name: string): boolean {
  return Object.hasOwn(headers, name);
}
