import type { BinaryOperator, UnaryOperator } from "acorn";
import { MAX_INTERPRETED_CHARACTERS } from "@/server/expressions/limits";
import { NeedsSandbox } from "@/server/expressions/expression-error";

/**
 * JavaScript's operators on decoded JSON values, exactly as QuickJS computes them.
 * Where a result could depend on the engine (dates, big integers, powers, identity of copied objects), or is large,
 * the expression is handed to the sandbox by throwing NeedsSandbox.
 */
export type Primitive = string | number | boolean | null | undefined;
type Hint = "number" | "string";

export const BINARY_OPERATORS: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>([
  "==", "!=", "===", "!==", "<", "<=", ">", ">=", "<<", ">>", ">>>", "+", "-", "*", "/", "%", "|", "^", "&", "**",
]);
export const UNARY_OPERATORS: ReadonlySet<UnaryOperator> = new Set<UnaryOperator>(["-", "+", "!", "~", "typeof", "void"]);

export function applyBinary(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  switch (operator) {
    case "===":
      return strictEquals(left, right);
    case "!==":
      return !strictEquals(left, right);
    case "==":
      return looseEquals(left, right);
    case "!=":
      return !looseEquals(left, right);
    case "+":
      return add(toPrimitive(left, "number"), toPrimitive(right, "number"));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(operator, toPrimitive(left, "number"), toPrimitive(right, "number"));
    default: {
      const first = toNumber(left);
      return applyArithmetic(operator, first, toNumber(right));
    }
  }
}

export function applyUnary(operator: UnaryOperator, value: unknown): unknown {
  switch (operator) {
    case "!":
      return !value;
    case "typeof":
      return typeof value;
    case "void":
      return undefined;
    case "-":
      return -toNumber(value);
    case "+":
      return toNumber(value);
    case "~":
      return ~toNumber(value);
    default:
      throw new NeedsSandbox();
  }
}

/** ToString, as in a template literal. */
export function toText(value: unknown): string {
  return String(toPrimitive(value, "string"));
}

/** ToPropertyKey; symbols do not occur. */
export function toPropertyKey(value: unknown): string {
  return typeof value === "string" ? value : toText(value);
}

export function limitText(text: string): string {
  if (text.length > MAX_INTERPRETED_CHARACTERS) throw new NeedsSandbox();
  return text;
}

function toNumber(value: unknown): number {
  return Number(toPrimitive(value, "number"));
}

function toPrimitive(value: unknown, hint: Hint): Primitive {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? null : objectToPrimitive(value, hint);
    default:
      throw new NeedsSandbox();
  }
}

/** Arrays join, plain objects have a constant text; own `toString` or `valueOf` keys are left to QuickJS. */
function objectToPrimitive(value: object, hint: Hint): string {
  if (Array.isArray(value)) return joinArray(value, { characters: 0, depth: 0 });
  if (value instanceof Date || Object.hasOwn(value, "toString") || (hint === "number" && Object.hasOwn(value, "valueOf"))) {
    throw new NeedsSandbox();
  }
  return "[object Object]";
}

const MAX_JOIN_DEPTH = 200;

function joinArray(array: readonly unknown[], total: { characters: number; depth: number }): string {
  if (total.depth >= MAX_JOIN_DEPTH) throw new NeedsSandbox();
  total.depth++;
  let text = "";
  for (let index = 0; index < array.length; index++) {
    const element: unknown = array[index];
    if (index > 0) text += ",";
    const isArray = Array.isArray(element);
    const part = element === null || element === undefined || isArray ? "" : String(toPrimitive(element, "string"));
    total.characters += part.length + 1;
    if (total.characters > MAX_INTERPRETED_CHARACTERS) throw new NeedsSandbox();
    text += isArray ? joinArray(element, total) : part;
  }
  total.depth--;
  return text;
}

/** Two objects are compared only by QuickJS: here they may share memory that the sandbox's copies do not. */
function strictEquals(left: unknown, right: unknown): boolean {
  if (isObject(left) && isObject(right)) throw new NeedsSandbox();
  return left === right;
}

function looseEquals(left: unknown, right: unknown): boolean {
  if (left === null || left === undefined) return right === null || right === undefined;
  if (right === null || right === undefined) return false;
  if (isObject(left) && isObject(right)) throw new NeedsSandbox();
  // eslint-disable-next-line eqeqeq -- loose equality of primitives is what is being computed
  return toPrimitive(left, "number") == toPrimitive(right, "number");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function add(left: Primitive, right: Primitive): string | number {
  if (typeof left === "string" || typeof right === "string") return limitText(String(left) + String(right));
  return Number(left) + Number(right);
}

function compare(operator: "<" | "<=" | ">" | ">=", left: Primitive, right: Primitive): boolean {
  const [first, second] = typeof left === "string" && typeof right === "string" ? [left, right] : [Number(left), Number(right)];
  switch (operator) {
    case "<":
      return first < second;
    case "<=":
      return first <= second;
    case ">":
      return first > second;
    case ">=":
      return first >= second;
  }
}

function applyArithmetic(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "**":
      return exactPower(left, right);
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case ">>>":
      return left >>> right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&":
      return left & right;
    default:
      throw new NeedsSandbox();
  }
}

/** C's pow and V8's may differ in the last bit, except where the result is a small integer. */
function exactPower(base: number, exponent: number): number {
  if (!Number.isInteger(base) || !Number.isInteger(exponent) || exponent < 0) throw new NeedsSandbox();
  const result = base ** exponent;
  if (!Number.isSafeInteger(result)) throw new NeedsSandbox();
  return result;
}
