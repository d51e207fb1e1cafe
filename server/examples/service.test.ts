import { describe, expect, it } from "vitest";
import { ORDERS, PRODUCTS } from "./sample-data";
import { answerSample } from "./service";

function ask(address: string, more: { method?: string; idempotencyKey?: string } = {}) {
  const url = new URL(address, "http://samples.invalid");
  return answerSample({ method: more.method ?? "GET", path: url.pathname.slice(1).split("/"), query: url.searchParams, idempotencyKey: more.idempotencyKey ?? null });
}

describe("answerSample", () => {
  it("has pages that lead from the first product to the last", () => {
    const ids: string[] = [];
    for (let next: string | null = "/api/examples/products?size=7"; next !== null; ) {
      const { body } = ask(next.replace("/api/examples", "")) as { body: { items: { id: string }[]; next: string | null } };
      ids.push(...body.items.map(({ id }) => id));
      next = body.next;
    }
    expect(ids).toEqual(PRODUCTS.map(({ id }) => id));
  });

  it.each([["/products?page=999", 200], ["/products?page=-1&size=x", 200], ["/products/p-1", 200], ["/products/p-13", 422], ["/products/p-999", 404], ["/stock/p-1", 200], ["/stock", 404], ["/orders", 200], ["/orders/1001", 200], ["/orders/x", 404], ["/orders/1001/x", 404], ["/", 404], ["/constructor", 404]])("answers %s with %i", (address, status) => {
    expect(ask(address).status).toBe(status);
  });

  it("only reads, except for payments", () => {
    expect(ask("/orders", { method: "DELETE" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    expect(ask("/payments")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(ask("/payments", { method: "POST" }).status).toBe(400);
  });

  it("takes a payment at the second request, and then always the same one", () => {
    const pay = () => ask("/payments", { method: "POST", idempotencyKey: "a" });
    expect(pay()).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    const taken = pay();
    expect(taken).toMatchObject({ status: 201, body: { status: "captured" } });
    expect(pay()).toEqual(taken);
  });

  it("has the orders that the example promises", () => {
    const enough = ORDERS.map(({ lines }) => lines.every(({ sku, quantity }) => (PRODUCTS.find(({ id }) => id === sku)?.stock ?? 0) >= quantity));
    expect(enough).toEqual([true, false, true]);
  });
});
