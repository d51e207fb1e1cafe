import { describe, expect, it } from "vitest";
import { findSecretTokens, parseTemplate } from "@/server/expressions/template";

function partsOf(text: string) {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.parts.map((part) => (part.kind === "text" ? part.text : part.kind === "secret" ? { secret: part.name } : { js: part.expression.source }));
}

describe("parseTemplate", () => {
  it.each([
    ["plain", ["plain"]],
    ["", []],
    ["{{ input.a }}", [{ js: "input.a" }]],
    ["{{input.a}}{{ input.b }}", [{ js: "input.a" }, { js: "input.b" }]],
    ["a {{ 1 + 1 }} b", ["a ", { js: "1 + 1" }, " b"]],
    ["{{ '}}' + \"{{\" }}", [{ js: "'}}' + \"{{\"" }]],
    ["{{ {a: {b: 1}} }}", [{ js: "{a: {b: 1}}" }]],
    ["{{ {a: {b: 1}}}}", [{ js: "{a: {b: 1}}" }]],
    ["{{ `${ {a:1}.a }}}` }}", [{ js: "`${ {a:1}.a }}}`" }]],
    ["{{ (input.a) }}", [{ js: "(input.a)" }]],
    ["{{ input.a /* }} */ }}", [{ js: "input.a" }]],
    ["{{ /* what */ input.a }}", [{ js: "input.a" }]],
    ["{{ /}}/.test(input.a) }}", [{ js: "/}}/.test(input.a)" }]],
    ["{{ x => { return x } }}", [{ js: "x => { return x }" }]],
    ["{{\n  input\n    .a\n}}", [{ js: "input\n    .a" }]],
    ["\\{{ not }}", ["{{ not }}"]],
    ["a \\{{ b {{ 1 }}", ["a {{ b ", { js: "1" }]],
    ["{ {{ 1 }} }", ["{ ", { js: "1" }, " }"]],
    ["}} and }", ["}} and }"]],
    ["Bearer {{ secrets.TOKEN }}", ["Bearer ", { secret: "TOKEN" }]],
    ["{{ secrets['my token'] }}", [{ secret: "my token" }]],
  ])("splits %j", (text, expected) => {
    expect(partsOf(text)).toEqual(expected);
  });

  it.each([
    ["{{ }}", 0, "empty"],
    ["ab {{ input.", 12, "unexpected token"],
    ["{{ input.a", 10, "not closed"],
    ["{{ input.a }", 11, "expected }}"],
    ["{{ a b }}", 5, "expected }}"],
    ["{{ 1 + }}", 7, "unexpected token"],
    ["{{ 'abc }}", 3, "unterminated string"],
    ["x {{ ok }} {{ a.. }}", 16, "unexpected token"],
    ["{{ if (a) b }}", 3, "unexpected token"],
    [`{{ ${"(".repeat(9_000)} }}`, 3, "nested too deeply"],
    [`{{ ${"a + ".repeat(900)}a }}`, 3, "nested too deeply"],
    [`{{ ${"[".repeat(30_000)}`, 3, "at most 20000 characters"],
  ])("says where %.30j is wrong", (text, offset, message) => {
    const parsed = parseTemplate(text);
    if (parsed.ok) throw new Error("parsed");
    expect(parsed.error.message).toContain(message);
    expect(parsed.error.offset).toBe(offset);
  });

  it("keeps the offsets of the parts", () => {
    const parsed = parseTemplate("ab {{ x }} c {{ y }}");
    expect(parsed.ok && parsed.parts.map((part) => part.offset)).toEqual([0, 3, 10, 13]);
  });

  it("finds secret tokens", () => {
    expect(findSecretTokens("{{ secrets.A }} {{ secrets.B }} {{ secrets.A }} \\{{ secrets.C }}")).toEqual(["A", "B"]);
    expect(findSecretTokens("{{ broken")).toEqual([]);
  });
});
