import { expect, it } from "vitest";
import { HIDDEN, hideCredentials } from "./hide-credentials";

const shown = (headers: Record<string, string>) => {
  const { nodes } = hideCredentials({ nodes: [{ id: "send", kind: "http", config: { url: "https://example.com", headers } }] }) as { nodes: { config: { headers: object } }[] };
  return nodes[0]!.config.headers;
};

it("attack: a credential that is typed beside an expression is hidden, and the expression stays", () => {
  expect(shown({
    a: 'Bearer sk_live_1 {{ "" }}',
    b: "user={{ input.u }};key=abc123",
    c: "Bearer {{ secrets.KEY }}",
    d: "{{ secrets.KEY }}",
    e: "key {{ not closed",
    f: "\\{{ literal",
  })).toEqual({ a: `${HIDDEN}{{ "" }}`, b: `${HIDDEN}{{ input.u }}${HIDDEN}`, c: "Bearer {{ secrets.KEY }}", d: "{{ secrets.KEY }}", e: HIDDEN, f: HIDDEN });
});
