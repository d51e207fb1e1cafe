import { expect, it } from "vitest";
import { namesSecrets, withoutSecrets } from "./without-secrets";

const secret = { type: "string", format: "password" };

it.each([
  ["a password", secret, "hunter2", undefined],
  ["what is marked", { type: "object", properties: { key: { type: "string", "x-secret": true }, name: { type: "string" } } }, { key: "k", name: "Ann" }, { name: "Ann" }],
  ["what is written only", { properties: { pin: { type: "number", writeOnly: true }, at: {} } }, { pin: 1234, at: "x" }, { at: "x" }],
  ["deep in lists and objects", { properties: { users: { items: { properties: { password: secret } } } } }, { users: [{ name: "a", password: "b" }] }, { users: [{ name: "a" }] }],
  ["items themselves", { type: "array", items: secret }, ["a", "b"], []],
  ["behind a reference", { $defs: { secret }, properties: { key: { $ref: "#/$defs/secret" } } }, { key: "k", other: 1 }, { other: 1 }],
  ["a reference that is marked itself", { $defs: { text: { type: "string" } }, properties: { key: { $ref: "#/$defs/text", "x-secret": true } } }, { key: "k" }, {}],
  ["in one of the variants", { oneOf: [{ properties: { kind: { const: "open" } } }, { properties: { kind: { const: "basic" }, token: secret } }] }, { kind: "basic", token: "t" }, { kind: "basic" }],
  ["under a condition", { if: {}, then: { properties: { token: secret } }, allOf: [{ properties: { pin: secret } }] }, { token: "t", pin: "p", at: 1 }, { at: 1 }],
  ["under names that nobody knows", { patternProperties: { "^t": secret }, additionalProperties: false }, { token: "t" }, {}],
  ["any name", { additionalProperties: secret }, { token: "t" }, {}],
  ["one place of a tuple", { prefixItems: [{ type: "string" }], items: { properties: { token: secret } } }, ["a", { token: "t" }], ["a", {}]],
  ["a place of a tuple, and moves nothing into it", { prefixItems: [secret, { type: "string" }] }, ["p", "a"], [null, "a"]],
])("leaves out %s", (_, schema, value, kept) => {
  expect(withoutSecrets(value, schema)).toEqual(kept);
});

it("keeps the rest as it is, and comes to an end where a schema names itself", () => {
  const schema = { $defs: { tree: { anyOf: [{ $ref: "#/$defs/tree" }], properties: { next: { $ref: "#/$defs/tree" }, key: secret } } }, $ref: "#/$defs/tree" };
  expect(withoutSecrets({ next: { next: { key: "k", a: null, b: [1, [2]] } } }, schema)).toEqual({ next: { next: { a: null, b: [1, [2]] } } });
});

it.each([
  [{ properties: { users: { items: { oneOf: [{}, { properties: { password: secret } }] } } } }, true],
  [{ properties: { password: { type: "string" } } }, false],
  [true, false],
])("knows whether a schema names any", (schema, does) => {
  expect(namesSecrets(schema)).toBe(does);
});
