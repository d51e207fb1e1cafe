import { expect, it } from "vitest";
import { findByPath } from "./map-input";

const items = [{ a: "apple" }, { a: "pear" }, { a: 7 }, { a: "crab apple" }];
const find = (path: string, value: unknown = items) => findByPath(value, path, "path");

it("matches whole texts and searches in them", () => {
  expect(find("$[?match(@.a, 'app.e')].a")).toEqual(["apple"]);
  expect(find("$[?search(@.a, 'ap{2}le$')].a")).toEqual(["apple", "crab apple"]);
  expect(find("$[?match(@.a, 'a|pear')].a")).toEqual(["pear"]);
  expect(find("$[?search(@.a, '(')].a")).toEqual([]);
});

it("is not stopped by an expression that backtracks for ever, nor by one that reads very much", () => {
  expect(find("$[?search(@, '^(a+)+$')]", [`${"a".repeat(40)}!`])).toEqual([]);
  const many = Array.from({ length: 2_000 }, () => "a".repeat(1_000));
  expect(() => find("$[?search(@, '(a?){200}b')]", many)).toThrow(expect.objectContaining({ kind: "invalid_input" }) as Error);
});
