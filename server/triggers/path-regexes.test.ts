import { expect, it } from "vitest";
import suite from "./fixtures/jsonpath-compliance/cts.json";
import { findByPath } from "./map-input";

const items = [{ a: "apple" }, { a: "pear" }, { a: 7 }, { a: "crab apple" }];
const find = (path: string, value: unknown = items) => findByPath(value, path, "path");

it("matches whole texts and searches in them", () => {
  expect(find("$[?match(@.a, 'app.e')].a")).toEqual(["apple"]);
  expect(find("$[?search(@.a, 'ap{2}le$')].a")).toEqual(["apple", "crab apple"]);
  expect(find("$[?match(@.a, 'a|pear')].a")).toEqual(["pear"]);
  expect(find("$[?search(@.a, '(')].a")).toEqual([]);
});

it("knows neither end of a line as a dot, and leaves dots that are none alone", () => {
  const ends = ["x\ny", "x\ry", "x.y", "x\u2028y"];
  expect(find("$[?match(@, 'x.y')]", ends)).toEqual(["x.y", "x\u2028y"]);
  expect(find(String.raw`$[?match(@, 'x\\.y')]`, ends)).toEqual(["x.y"]);
  expect(find(String.raw`$[?search(@, 'x[^\\].]y')]`, ends)).toEqual(["x\ny", "x\ry", "x\u2028y"]);
});

interface Case {
  name: string;
  selector: string;
  document?: unknown;
  result?: unknown[];
  /** Each is right. */
  results?: unknown[][];
}

it.each(suite.tests as Case[])("agrees with the compliance suite of RFC 9535: $name", ({ selector, document, result, results = result === undefined ? [] : [result] }) => {
  if (results.length === 0) expect(() => find(selector, document ?? {})).toThrow(expect.objectContaining({ kind: "invalid_input" }) as Error);
  else expect(results).toContainEqual(find(selector, document));
});

it("is not stopped by an expression that backtracks for ever, nor by one that reads very much", () => {
  expect(find("$[?search(@, '^(a+)+$')]", [`${"a".repeat(40)}!`])).toEqual([]);
  const many = Array.from({ length: 2_000 }, () => "a".repeat(1_000));
  expect(() => find("$[?search(@, '(a?){200}b')]", many)).toThrow(expect.objectContaining({ kind: "invalid_input" }) as Error);
});
