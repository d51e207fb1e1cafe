import { expect, it } from "vitest";
import { relyingParty } from "./relying-party";

it.each([
  ["https://flow.example.com", null, { id: "flow.example.com", origin: "https://flow.example.com" }],
  ["https://flow.example.com", "https://evil.example", { id: "flow.example.com", origin: "https://flow.example.com" }],
  ["http://127.0.0.1:3000", "http://localhost:3000", { id: "localhost", origin: "http://localhost:3000" }],
  ["http://127.0.0.1:3000", "http://127.0.0.1:3000", null],
  ["http://127.0.0.1:3000", "http://localhost:4000", null],
  ["http://127.0.0.1:3000", "http://evil.example:3000", null],
  ["http://192.0.2.7", "http://localhost", null],
])("%s, opened as %s", (base, page, expected) => {
  expect(relyingParty(page, base)).toEqual(expected);
});
