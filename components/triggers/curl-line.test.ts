import { expect, it } from "vitest";
import { curlLineOf } from "./curl-line";

const url = "https://flows.example/api/r/main/orders/:id";
const inputSchema = { type: "object", properties: { id: { type: "string" }, size: { enum: ["small", "large"] }, note: { type: "string", default: "it's new" } }, required: ["id", "size"] };

it("calls a route with what the caller has to fill in", () => {
  expect(curlLineOf({ url, inputSchema, config: { path: "/orders/:id" } })).toBe(
    String.raw`curl -X POST 'https://flows.example/api/r/main/orders/ID' -H 'Authorization: Bearer API_TOKEN' -H 'Content-Type: application/json' -d '{"size":"small","note":"it'\''s new"}'`,
  );
  expect(curlLineOf({ url, inputSchema, config: { path: "/orders/:id", method: "GET", auth: { type: "none" }, answer: { mode: "stream" } } })).toBe("curl -N 'https://flows.example/api/r/main/orders/ID'");
  expect(curlLineOf({ url, inputSchema: null, config: { path: "/x", auth: { type: "basic", username: "me", secret: "K" }, method: "DELETE" } })).toContain("-X DELETE");
  expect(curlLineOf({ url: null, inputSchema, config: {} })).toBeNull();
});
