import { expect, it } from "vitest";
import { compileTemplate } from "@/server/expressions/compile";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import type { ExpressionSandbox } from "@/server/expressions/sandbox-port";

const noSandbox: ExpressionSandbox = { evaluateExpressions: () => Promise.reject(new Error("reached the sandbox")) };

it("reads extra names without a sandbox and copies them whole into one", () => {
  const compiled = compileTemplate({ next: "{{ response.body.next ?? null }}", all: "{{ response.body.items.map(String) }}" }, { extraNames: ["response"] });
  if (!compiled.ok) throw new Error("did not compile");
  const [next, all] = compiled.template.expressions;
  expect(next?.mode).toBe("interpretable");
  expect(all?.references).toMatchObject({ paths: [["response"]], unknownNames: [], roots: [] });
});

it("names the path of a null read in an extra name", () => {
  const compiled = compileTemplate("{{ response.body.next.url }}", { extraNames: ["response"] });
  const scope: object = { response: { body: { next: null } } };
  expect(compiled.ok && evaluateTemplate(compiled.template, scope, { sandbox: noSandbox, seed: "", nowMs: 0 })).toMatchObject({
    ok: false,
    error: { message: "cannot read property 'url' of null at response.body.next" },
  });
});

it("reports names it was not told of", () => {
  const compiled = compileTemplate("{{ response.body }}");
  expect(compiled.ok && compiled.template.references.unknownNames).toEqual([{ name: "response", offset: 0 }]);
});
