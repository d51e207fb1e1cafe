import { describe, expect, it } from "vitest";
import { compileSafeRegex, RegexLimitError } from "@/server/schema/safe-regex";

function test(pattern: string, text: string, flags?: string): boolean {
  const compiled = compileSafeRegex(pattern, flags);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.regex.test(text);
}

describe("compileSafeRegex", () => {
  it.each([
    ["^[\\w-]+$", "abc-1", "", true],
    ["^[\\w-]+$", "abc 1", "", false],
    ["b", "abc", "", true],
    ["ABC", "abc", "i", true],
    ["^.$", "😀", "u", true],
    ["(?<year>\\d{4})-\\u0041", "2026-A", "", true],
    ["a.b", "a\nb", "s", true],
    ["^b$", "a\nb", "m", true],
    ["^b$", "a\nb", "", false],
  ])("%s on %j", (pattern, text, flags, expected) => {
    expect(test(pattern, text, flags)).toBe(expected);
  });

  it.each([
    ["(?=a)", "lookahead and lookbehind are not supported"],
    ["(?<!a)b", "lookahead and lookbehind are not supported"],
    ["(a)\\1", "backreferences are not supported"],
    ["(", "missing closing )"],
    ["((a{100}){100}){100}", "invalid repeat count"],
    ["[a-z]{1,1000}".repeat(10), "too large"],
    ["a".repeat(3_000), "at most 2000 characters"],
  ])("%.30s is refused", (pattern, message) => {
    expect(compileSafeRegex(pattern)).toEqual({ ok: false, message: expect.stringContaining(message) as string });
  });

  it("is linear where backtracking is not", () => {
    expect(test("(a+)+$", `${"a".repeat(100_000)}b`)).toBe(false);
    expect(test("(x+x+)+y", "x".repeat(100_000))).toBe(false);
  });

  it("refuses work without end", () => {
    expect(() => test("(a?){500}a{500}", "a".repeat(1_000_000))).toThrow(RegexLimitError);
  });
});
