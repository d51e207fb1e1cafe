import fc from "fast-check";
import type { ExpressionScope } from "@/server/expressions/references";

/** Random expressions within what the interpreter takes, and random scopes with odd values for them. For tests. */

const NAMES = ["a", "b", "length", "0", "1", "__proto__", "constructor", "toString", "valueOf", "k y", "$x"];

const oddText = fc.constantFrom(
  ..."|0|-0|1|01|1.5|.5|5.|1e3|1e400|-1e400|0x1f|0b11|0o17|-0x1|1_000|Infinity|-Infinity|+Infinity|NaN|null|true| 12 |\t7\n|\u00a08|\u180e9|\ufeff3|1 2|1n|١|a|b|ab|B|ä|é|😀|\ud800|\uffff|[object Object]|1,2|0.1|1e21|123456789012345680000|2147483648|4294967296|9007199254740993|5e-324|1.7976931348623157e308".split("|"),
);

const oddNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 2, 0.1, 0.5, -1.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 2 ** 53 - 1, 1e21, 1e-7, 123456789.123, 5e-324, Number.MAX_VALUE),
  fc.double(),
  fc.integer(),
  fc.integer({ min: -3, max: 5 }),
);

const text = fc.oneof(oddText, fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom(...NAMES));

const value = fc.letrec((tie) => ({
  leaf: fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 4, arbitrary: oddNumber },
    { weight: 2, arbitrary: fc.boolean() },
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.date() },
    { weight: 1, arbitrary: fc.bigInt({ min: -9n, max: 9n }) },
  ),
  node: fc.oneof(
    { depthSize: "small" },
    { weight: 3, arbitrary: tie("leaf") },
    { weight: 2, arbitrary: fc.array(tie("node"), { maxLength: 4 }) },
    { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), tie("node"), { maxKeys: 4, noNullPrototype: true }) },
  ),
})).node;

export const randomScope: fc.Arbitrary<ExpressionScope> = fc.record({
  input: fc.oneof({ weight: 4, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "k y", "$x"), value, { minKeys: 1, noNullPrototype: true }) }, { weight: 1, arbitrary: value }),
  item: value,
  index: fc.oneof(oddNumber, text),
  vars: fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(text, oddNumber), { noNullPrototype: true }),
});

const BINARY = ["==", "!=", "===", "!==", "<", "<=", ">", ">=", "<<", ">>", ">>>", "+", "+", "+", "-", "*", "/", "%", "|", "^", "&", "**", "&&", "||", "??"];
const UNARY = ["-", "+", "!", "~", "typeof ", "void "];

const numberLiteral = fc.oneof(
  oddNumber.map((number) => (Object.is(number, -0) ? "(-0)" : number < 0 ? `(${number})` : String(number))),
  fc.constantFrom("0x1F", "0b101", "0o17", "1_000", ".5", "5.", "1e3", "1E-7", "0.1e2"),
);

export const randomExpression: fc.Arbitrary<string> = fc.letrec<{ leaf: string; node: string }>((tie) => ({
  leaf: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("input", "item", "index", "vars", "input.a", "input.b", "item.a", "vars.a", "previous") },
    { weight: 3, arbitrary: text.map((one) => JSON.stringify(one)) },
    { weight: 3, arbitrary: numberLiteral },
    { weight: 2, arbitrary: fc.constantFrom("true", "false", "null", "undefined", "NaN", "Infinity", "[]", "({})") },
  ),
  node: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    { weight: 3, arbitrary: tie("leaf") },
    { weight: 6, arbitrary: fc.tuple(tie("node"), fc.constantFrom(...BINARY), tie("node")).map(([left, operator, right]) => `(${left}) ${operator} (${right})`) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...UNARY), tie("node")).map(([operator, operand]) => `${operator}(${operand})`) },
    { weight: 3, arbitrary: fc.tuple(tie("node"), fc.constantFrom(".a", ".b", ".length", "[0]", "[1]", "?.a", "?.a.b", "?.[0]", ".a?.b", "['k y']", "[-1]")).map(([object, member]) => `(${object})${member}`) },
    { weight: 2, arbitrary: fc.tuple(tie("node"), fc.constantFrom("", "?."), tie("node")).map(([object, optional, key]) => `(${object})${optional}[${key}]`) },
    { weight: 2, arbitrary: fc.tuple(tie("node"), tie("node"), tie("node")).map(([test, yes, no]) => `(${test}) ? (${yes}) : (${no})`) },
    { weight: 2, arbitrary: fc.array(tie("node"), { maxLength: 3 }).map((parts) => `\`<${parts.map((part) => `\${${part}}`).join("|")}>\``) },
    { weight: 2, arbitrary: fc.array(fc.tuple(fc.constantFrom("", "", "..."), tie("node")), { maxLength: 3 }).map((elements) => `[${elements.map(([spread, element]) => `${spread}(${element})`).join(", ")}]`) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom("a: ", "'0': ", "valueOf: ", "toString: ", "['__proto__']: ", "...", "[index]: ", "1.50: "), tie("node")), { maxLength: 3 })
        .map((properties) => `({${properties.map(([key, one]) => `${key}(${one})`).join(", ")}})`),
    },
    { weight: 1, arbitrary: fc.tuple(tie("node"), tie("node")).map(([first, second]) => `(${first}, ${second})`) },
  ),
})).node;
