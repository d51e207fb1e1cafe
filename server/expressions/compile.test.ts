import { describe, expect, it } from "vitest";
import { compileTemplate, type CompiledTemplate, type CompileOptions } from "@/server/expressions/compile";

function compiled(value: unknown, options?: CompileOptions): CompiledTemplate {
  const result = compileTemplate(value, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.template;
}

function problems(value: unknown, options?: CompileOptions) {
  const result = compileTemplate(value, options);
  return result.ok ? [] : result.problems;
}

describe("compileTemplate", () => {
  it("returns a value without templates as it is", () => {
    const value = { url: "https://example.org", tags: ["a", { b: null }] };
    const template = compiled(value);
    expect(template.isConstant).toBe(true);
    expect(template.assemble([])).toBe(value);
  });

  it("unescapes a constant", () => {
    const template = compiled({ text: "\\{{ name }}" });
    expect(template.isConstant).toBe(true);
    expect(template.assemble([])).toEqual({ text: "{{ name }}" });
  });

  it("names the place of each expression", () => {
    const template = compiled({ url: "x{{ input.a }}", "odd/key~": [0, "{{ index }}"] });
    expect(template.expressions.map(({ path, position, source }) => [path, position, source])).toEqual([
      ["/url", 1, "input.a"],
      ["/odd~1key~0/1", 0, "index"],
    ]);
  });

  it.each([
    ["input.a + 1", "interpretable"],
    ["a.b", "sandbox"],
    ["steps.a.output?.b ?? 'x'", "interpretable"],
    ["input.items.map(x => x.id)", "sandbox"],
    ["/a/.test(input)", "sandbox"],
    ["10n", "sandbox"],
    ["new Date(now)", "sandbox"],
    ["{a: 1, ...input, [vars.b]: [1, ...input.c]}", "interpretable"],
    ["{__proto__: input}", "sandbox"],
    ["{get a() { return 1 }}", "sandbox"],
    ["[1,,2]", "sandbox"],
    ["input.a = 1", "sandbox"],
    ["`${input.a}`", "interpretable"],
    ["String.raw`${input.a}`", "sandbox"],
    ["'a' in input", "sandbox"],
    ["typeof input.a === 'string' ? 1 : void 0", "interpretable"],
    ["delete input.a", "sandbox"],
  ])("classifies %s as %s", (source, mode) => {
    expect(compiled(`{{ ${source} }}`).expressions[0]?.mode).toBe(mode);
  });

  it("reports all problems with their places", () => {
    expect(problems({ a: "{{ 1 + }}", b: ["ok", "{{ }}"] })).toEqual([
      { path: "/a", offset: 7, message: "unexpected token" },
      { path: "/b/1", offset: 0, message: "the expression is empty" },
    ]);
  });

  it("leaves verbatim fields alone", () => {
    expect(compiled({ code: "return `{{ ${1} }}`" }, { isVerbatim: (path) => path === "/code" }).isConstant).toBe(true);
  });
});

describe("references", () => {
  const referencesOf = (source: string) => compiled(`{{ ${source} }}`).references;

  it("finds steps, loops and vars by name", () => {
    const references = referencesOf("steps.fetch.output.items[0] + steps['my-step'].status + loops.each.item.id + vars.RATE");
    expect(references.roots).toEqual(["steps", "loops", "vars"]);
    expect(references.steps).toEqual(["fetch", "my-step"]);
    expect(references.loops).toEqual(["each"]);
    expect(references.vars).toEqual(["RATE"]);
    expect(references.dynamicSteps).toBe(false);
    expect(references.paths).toEqual([["steps", "fetch", "output"], ["steps", "my-step", "status"], ["loops", "each", "item"], ["vars", "RATE"]]);
  });

  it.each(["steps[input.id]", "Object.keys(steps)", "{...steps}", "steps.hasOwnProperty('a')", "(steps).valueOf()"])("sees that %s is dynamic", (source) => {
    expect(referencesOf(source).dynamicSteps).toBe(true);
  });

  it.each([
    ["input.map(item => item.x)", ["input"]],
    ["input.map(item => item.x).concat(item)", ["input", "item"]],
    ["input.map(({ id: index, ...run }) => index + run)", ["input"]],
    ["(function now() { var vars = 1; { let trigger = 2; } return vars + trigger + now })()", ["trigger"]],
    ["(() => { for (const item of input) { if (item) return item } return index })()", ["input", "index"]],
    ["(() => { try { run() } catch (error) { return error } })()", ["run"]],
    ["{ input: 1, item, [index]: 2 }", ["item", "index"]],
    ["previous.input.item", ["previous"]],
    ["((a = input, [b = item] = []) => a + b)()", ["input", "item"]],
    ["class { input = item; static run() { return vars } }", ["item", "vars"]],
  ])("respects scopes in %s", (source, roots) => {
    expect(referencesOf(source).roots).toEqual(roots);
  });

  it("names what it does not know", () => {
    expect(referencesOf("inptu.a + Math.max(1, foo)").unknownNames).toEqual([
      { name: "inptu", offset: 0 },
      { name: "foo", offset: 22 },
    ]);
  });
});

describe("secrets", () => {
  const options: CompileOptions = { isSecretField: (path) => path === "/token" };

  it("are tokens in secret fields", () => {
    const template = compiled({ token: "Bearer {{ secrets.KEY }}-{{ input.a }}" }, options);
    expect(template.secrets).toEqual(["KEY"]);
    const { token } = template.assemble(["{{ secrets.OTHER }}"]) as { token: { reveal: (lookUp: (name: string) => string) => string } };
    expect(token.reveal((name) => `<${name}>`)).toBe("Bearer <KEY>-{{ secrets.OTHER }}");
    expect(JSON.stringify(token)).toBe('"Bearer {{ secrets.KEY }}-{{ secrets.OTHER }}"');
  });

  it("are refused elsewhere and inside expressions", () => {
    expect(problems({ url: "{{ secrets.KEY }}" }, options)).toEqual([
      { path: "/url", offset: 0, message: "secrets.KEY is not allowed here: secrets are put only into fields marked secret" },
    ]);
    expect(problems({ token: "{{ 'x' + secrets.KEY }}" }, options)[0]?.message).toContain("write {{ secrets.NAME }} alone");
    expect(problems({ token: "{{ (() => secrets)() }}" }, options)).toHaveLength(1);
  });
});
