import { expect, it } from "vitest";
import { storableJson } from "./storable-json";

it("replaces what PostgreSQL cannot read a document with, and nothing that only looks like it", () => {
  expect(JSON.parse(storableJson({ message: "a\0b \uD800 \uD83D\uDE00", literal: "\\u0000", count: 1 }))).toEqual({ message: "a\uFFFDb \uFFFD \uD83D\uDE00", literal: "\\u0000", count: 1 });
});
