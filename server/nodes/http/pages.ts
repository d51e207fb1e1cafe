import type { StepContext } from "@/server/nodes/runner";
import { encodeValue } from "@/server/expressions/encoding";
import { HttpFailure } from "@/server/http/client";
import type { PageOverride } from "./build-request";
import type { ReadResponse } from "./read-response";
import type { HttpConfig } from "./spec";

type Pagination = NonNullable<HttpConfig["pagination"]>;
type Context = Pick<StepContext<HttpConfig>, "evaluate" | "progress" | "config">;

export interface Pages {
  items: unknown[];
  pages: number;
  /** False when the cap of pages ended the reading. */
  complete: boolean;
}

/** Of all items together: as much as the largest single answer. They are in the worker's memory at the same time. */
const ITEMS_MAX_BYTES = 100 * 1_048_576;

/** Reads page after page until the condition holds, no next page is named, or a cap is reached. */
export async function readPages(ctx: Context, pagination: Pagination, call: (over: PageOverride) => Promise<ReadResponse>, maxBytes = ITEMS_MAX_BYTES): Promise<Pages> {
  const items: unknown[] = [];
  let bytes = 0;
  let over: PageOverride = {};
  for (let page = 1; ; page++) {
    const response = await call(over);
    const extra = { response, page };
    const found = await itemsOf(ctx, pagination, extra);
    bytes += Buffer.byteLength(encodeValue(found));
    if (bytes > maxBytes) {
      if (pagination.onCap === "stop") return { items, pages: page - 1, complete: false };
      throw new HttpFailure("response_too_large", `the items of ${page} pages are larger than ${maxBytes} bytes together`);
    }
    for (const item of found) items.push(item);
    ctx.progress(page, undefined, `page ${page}, ${items.length} items`);
    const isLast = pagination.until !== undefined && Boolean(await ctx.evaluate(pagination.until, extra));
    const next = isLast ? null : overrideOf(await ctx.evaluate(pagination.next, extra), response.url);
    if (next === null) return { items, pages: page, complete: true };
    if (page >= pagination.maxPages) {
      if (pagination.onCap === "stop") return { items, pages: page, complete: false };
      throw new HttpFailure("too_many_pages", `the cap of ${pagination.maxPages} pages is reached and there are more`);
    }
    over = { ...over, ...next };
  }
}

async function itemsOf(ctx: Context, pagination: Pagination, extra: { response: ReadResponse; page: number }): Promise<unknown[]> {
  if (pagination.items === undefined) return [extra.response.body];
  const found = await ctx.evaluate(pagination.items, extra);
  if (found === null) return [];
  if (!Array.isArray(found)) throw new HttpFailure("invalid_page", `pagination.items is no list on page ${extra.page}`);
  return found;
}

/** Null: there is no next page. */
function overrideOf(next: unknown, current: string): PageOverride | null {
  if (next === null || next === undefined || next === "" || next === false) return null;
  if (typeof next === "string") return { url: absolute(next, current) };
  if (typeof next !== "object" || Array.isArray(next)) throw new HttpFailure("invalid_page", "pagination.next is neither an address nor an object");
  const { url, query, headers, body } = next as Record<string, unknown>;
  return {
    ...(typeof url === "string" ? { url: absolute(url, current) } : {}),
    ...(isRecord(query) ? { query } : {}),
    ...(isRecord(headers) ? { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])) } : {}),
    ...(body === undefined ? {} : { body }),
  };
}

function absolute(url: string, current: string): string {
  if (!URL.canParse(url, current)) throw new HttpFailure("invalid_page", `pagination.next is no address: "${url.slice(0, 200)}"`);
  return new URL(url, current).href;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
