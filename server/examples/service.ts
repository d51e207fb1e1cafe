import { createHash } from "node:crypto";
import { BROKEN_PRODUCT, ORDERS, PRODUCTS } from "./sample-data";

/**
 * Sample pages under `/api/examples/` for the example workflows: no state but the payments seen lately, nothing of the
 * installation in them, no sign-in. The guard lets steps call exactly these pages of their own installation.
 */
export interface SampleRequest {
  method: string;
  /** Below `/api/examples/`. */
  path: readonly string[];
  query: URLSearchParams;
  idempotencyKey: string | null;
}

export interface SampleAnswer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

export function answerSample({ method, path, query, idempotencyKey }: SampleRequest): SampleAnswer {
  const [collection, id] = path;
  if (path.length > 2 || collection === undefined) return missing();
  if (collection === "payments" && id === undefined) return method === "POST" ? payment(idempotencyKey) : notAllowed("POST");
  if (method !== "GET" && method !== "HEAD") return notAllowed("GET, HEAD");
  switch (collection) {
    case "orders":
      return id === undefined ? { status: 200, body: { orders: ORDERS } } : found(ORDERS.find((order) => order.id === id));
    case "stock": {
      const product = PRODUCTS.find(({ id: sku }) => sku === id);
      return found(product && { sku: product.id, available: product.stock });
    }
    case "products":
      return id === undefined ? productPage(query) : productDetails(id);
    default:
      return missing();
  }
}

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 50;

function productPage(query: URLSearchParams): SampleAnswer {
  const size = wholeNumber(query.get("size"), DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  const pages = Math.ceil(PRODUCTS.length / size);
  const page = wholeNumber(query.get("page"), 1, pages);
  const items = PRODUCTS.slice((page - 1) * size, page * size).map(({ id, name }) => ({ id, name }));
  const next = page < pages ? `/api/examples/products?page=${page + 1}&size=${size}` : null;
  return { status: 200, body: { items, page, pages, total: PRODUCTS.length, next } };
}

function productDetails(id: string): SampleAnswer {
  if (id === BROKEN_PRODUCT) return { status: 422, body: { error: `the record of ${id} is damaged` } };
  return found(PRODUCTS.find((product) => product.id === id));
}

const MAX_REMEMBERED_PAYMENTS = 1_000;
const payments = new Map<string, "refused once" | "taken">();

/** The first request with a key finds the service busy; the next one is taken, and every later one gets the same answer. */
function payment(key: string | null): SampleAnswer {
  if (key === null || key.length > 500) return { status: 400, body: { error: "the header Idempotency-Key is missing" } };
  const known = payments.get(key);
  if (known === undefined && payments.size >= MAX_REMEMBERED_PAYMENTS) payments.delete(payments.keys().next().value ?? "");
  payments.set(key, known === undefined ? "refused once" : "taken");
  if (known === undefined) return { status: 503, headers: { "retry-after": "1" }, body: { error: "busy, try again" } };
  return { status: 201, body: { paymentId: createHash("sha256").update(key).digest("hex").slice(0, 12), status: "captured" } };
}

function found(entity: object | undefined): SampleAnswer {
  return entity === undefined ? missing() : { status: 200, body: entity };
}

function missing(): SampleAnswer {
  return { status: 404, body: { error: "there is no such thing" } };
}

function notAllowed(allow: string): SampleAnswer {
  return { status: 405, headers: { allow }, body: { error: `only ${allow}` } };
}

function wholeNumber(text: string | null, fallback: number, maximum: number): number {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, maximum) : fallback;
}
