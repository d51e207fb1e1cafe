import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeValue } from "@/server/expressions/encoding";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";

let pool: SandboxPool;
beforeAll(() => {
  pool = createSandboxPool({ threads: 1, codeTimeoutMs: 20_000 });
});
afterAll(() => pool.close());

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("$number", "$", "$$a", "__proto__", "$file", "$entries", "toJSON", "a\0", "\udc00", "\\u0000"));
const leaf = fc.oneof(text, fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null), fc.constant(-0), fc.date({ noInvalidDate: false }));
const value = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("node")), fc.dictionary(text, tie("node"), { noNullPrototype: true })),
})).node;

it("the guest reads and writes the encoding that is stored", async () => {
  for (const values of fc.sample(fc.array(value, { minLength: 100, maxLength: 200 }), { numRuns: 20, seed: 5 })) {
    const outcome = await pool.runCode({ owner: "test", source: "return values", scope: { values }, seed: "", nowMs: 0 });
    if (!outcome.ok) throw new Error(outcome.error.message);
    expect(outcome.value).toEqual(values);
    expect(encodeValue(outcome.value)).toBe(encodeValue(values));
  }
});

it("the guest sees what was sent", async () => {
  const scope = { input: { date: new Date(7), big: 3n, zero: -0, odd: "\0\ud800", "k\0": NaN, $set: { $number: "1" }, list: [Infinity] } };
  const source = `return [
    input.date instanceof Date && input.date.getTime(), typeof input.big, Object.is(input.zero, -0), input.odd.length,
    Number.isNaN(input["k\\0"]), input.$set.$number, input.list[0] === Infinity, Object.keys(input).length,
  ]`;
  await expect(pool.runCode({ owner: "test", source, scope, seed: "", nowMs: 0 })).resolves.toMatchObject({ value: [7, "bigint", true, 2, true, "1", true, 7] });
});
