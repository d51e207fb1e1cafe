import type {
  ArrayExpression,
  Expression,
  Literal,
  MemberExpression,
  ObjectExpression,
  SpreadElement,
  TemplateLiteral,
} from "acorn";
import { InterpretationError, NeedsSandbox } from "@/server/expressions/expression-error";
import { isScopeRoot, type ExpressionScope } from "@/server/expressions/references";
import { MAX_INTERPRETED_ELEMENTS } from "@/server/expressions/limits";
import type { ParsedExpression } from "@/server/expressions/parse-expression";
import { readMember } from "@/server/expressions/member-read";
import { applyBinary, applyUnary, BINARY_OPERATORS, limitText, toPropertyKey, toText, UNARY_OPERATORS } from "@/server/expressions/operators";

/** State of one evaluation. */
export interface Interpretation {
  scope: ExpressionScope;
  created: number;
  createdUndefined: boolean;
}

/** An expression turned into nested closures: no parsing, dispatch or allocation of frames while it runs. */
export type Interpreter = (interpretation: Interpretation) => unknown;

interface Origin {
  source: string;
  /** Variables besides the scope's roots. */
  extraNames: readonly string[];
}

/** The value of an optional chain that met null: what remains of the chain is not evaluated. */
const SHORT_CIRCUIT = Symbol("short circuit");

/**
 * Builds the interpreter of an expression, or null if it holds anything but literals, member reads,
 * pure operators, conditionals, template literals and array or object literals.
 */
export function buildInterpreter({ source, ast }: ParsedExpression, extraNames: readonly string[] = []): Interpreter | null {
  return build(ast, { source, extraNames });
}

/** The expression's value in the form every dependent sees: undefined is null, and inside arrays and objects as in JSON. */
export function interpret(interpreter: Interpreter, scope: ExpressionScope): unknown {
  const state: Interpretation = { scope, created: 0, createdUndefined: false };
  const value = interpreter(state);
  return state.createdUndefined ? withoutUndefined(value) : (value ?? null);
}

function withoutUndefined(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const copy = {};
  for (const [key, element] of Object.entries(value)) {
    if (element !== undefined) defineOwn(copy, key, withoutUndefined(element));
  }
  return copy;
}

function build(node: Expression, origin: Origin): Interpreter | null {
  switch (node.type) {
    case "Literal":
      return buildLiteral(node);
    case "Identifier":
      return buildName(node.name, origin);
    case "ParenthesizedExpression":
      return build(node.expression, origin);
    case "MemberExpression":
      return buildMember(node, origin);
    case "ChainExpression": {
      const chain = build(node.expression, origin);
      return chain && ((state) => settle(chain(state)));
    }
    case "UnaryExpression": {
      const { operator } = node;
      const argument = UNARY_OPERATORS.has(operator) ? build(node.argument, origin) : null;
      return argument && ((state) => applyUnary(operator, argument(state)));
    }
    case "BinaryExpression": {
      const { operator } = node;
      if (!BINARY_OPERATORS.has(operator) || node.left.type === "PrivateIdentifier") return null;
      const left = build(node.left, origin);
      const right = build(node.right, origin);
      return left && right && ((state) => applyBinary(operator, left(state), right(state)));
    }
    case "LogicalExpression": {
      const left = build(node.left, origin);
      const right = build(node.right, origin);
      if (!left || !right) return null;
      if (node.operator === "&&") return (state) => left(state) && right(state);
      if (node.operator === "||") return (state) => left(state) || right(state);
      return (state) => left(state) ?? right(state);
    }
    case "ConditionalExpression": {
      const test = build(node.test, origin);
      const consequent = build(node.consequent, origin);
      const alternate = build(node.alternate, origin);
      return test && consequent && alternate && ((state) => (test(state) ? consequent(state) : alternate(state)));
    }
    case "SequenceExpression": {
      const parts = buildAll(node.expressions, origin);
      return parts && ((state) => parts.reduce<unknown>((_previous, part) => part(state), undefined));
    }
    case "TemplateLiteral":
      return buildTemplateLiteral(node, origin);
    case "ArrayExpression":
      return buildArray(node, origin);
    case "ObjectExpression":
      return buildObject(node, origin);
    default:
      return null;
  }
}

function buildAll(nodes: readonly Expression[], origin: Origin): Interpreter[] | null {
  const built: Interpreter[] = [];
  for (const node of nodes) {
    const one = build(node, origin);
    if (!one) return null;
    built.push(one);
  }
  return built;
}

function buildLiteral(node: Literal): Interpreter | null {
  if (node.regex || node.bigint !== undefined) return null;
  const { value } = node;
  return () => value;
}

function buildName(name: string, { extraNames }: Origin): Interpreter | null {
  if (isScopeRoot(name) || extraNames.includes(name)) {
    return ({ scope }) => (Object.hasOwn(scope, name) ? (scope as Record<string, unknown>)[name] : undefined);
  }
  if (name === "undefined") return () => undefined;
  if (name === "NaN") return () => NaN;
  if (name === "Infinity") return () => Infinity;
  return null;
}

function buildMember(node: MemberExpression, origin: Origin): Interpreter | null {
  if (node.object.type === "Super" || node.property.type === "PrivateIdentifier") return null;
  const object = build(node.object, origin);
  const key = node.computed || node.property.type !== "Identifier" ? build(node.property, origin) : constant(node.property.name);
  if (!object || !key) return null;
  const { optional } = node;
  const where = origin.source.slice(node.object.start, node.object.end);
  return (state) => {
    const target = object(state);
    if (target === SHORT_CIRCUIT || (optional && (target === null || target === undefined))) return SHORT_CIRCUIT;
    return readMember(target, key(state), where);
  };
}

function constant(value: string): Interpreter {
  return () => value;
}

function settle(value: unknown): unknown {
  return value === SHORT_CIRCUIT ? undefined : value;
}

function buildTemplateLiteral(node: TemplateLiteral, origin: Origin): Interpreter | null {
  const parts = buildAll(node.expressions, origin);
  if (!parts) return null;
  const texts = node.quasis.map((quasi) => quasi.value.cooked ?? "");
  return (state) => {
    let text = texts[0] ?? "";
    parts.forEach((part, index) => {
      text = limitText(text + toText(part(state)) + (texts[index + 1] ?? ""));
    });
    return text;
  };
}

function buildArray(node: ArrayExpression, origin: Origin): Interpreter | null {
  const writers: ((state: Interpretation, into: unknown[]) => void)[] = [];
  for (const element of node.elements) {
    if (element === null) return null;
    const value = build(element.type === "SpreadElement" ? element.argument : element, origin);
    if (!value) return null;
    if (element.type === "SpreadElement") writers.push((state, into) => spreadIntoArray(state, value(state), into, origin, element));
    else writers.push((state, into) => void into.push(count(state, value(state))));
  }
  return (state) => {
    const array: unknown[] = [];
    for (const write of writers) write(state, array);
    return array;
  };
}

function spreadIntoArray(state: Interpretation, value: unknown, into: unknown[], origin: Origin, node: SpreadElement): void {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") {
    throw new InterpretationError(`${String(value)} is not iterable at ${origin.source.slice(node.argument.start, node.argument.end)}`);
  }
  if (!Array.isArray(value) && typeof value !== "string") throw new NeedsSandbox();
  for (const element of value) into.push(count(state, element as unknown));
}

type PropertyWriter = (state: Interpretation, into: object) => void;

function buildObject(node: ObjectExpression, origin: Origin): Interpreter | null {
  const writers: PropertyWriter[] = [];
  for (const property of node.properties) {
    const writer = property.type === "SpreadElement" ? buildObjectSpread(property, origin) : buildProperty(property, origin);
    if (!writer) return null;
    writers.push(writer);
  }
  return (state) => {
    const object = {};
    for (const write of writers) write(state, object);
    return object;
  };
}

function buildProperty(property: Exclude<ObjectExpression["properties"][number], SpreadElement>, origin: Origin): PropertyWriter | null {
  if (property.kind !== "init" || property.method) return null;
  const { key: name } = property;
  const isName = !property.computed && name.type === "Identifier";
  const isPrototype = isName ? name.name === "__proto__" : name.type === "Literal" && name.value === "__proto__";
  if (isPrototype && !property.computed && !property.shorthand) return null;
  const key = isName ? constant(name.name) : build(name, origin);
  const value = build(property.value, origin);
  return key && value && ((state, into) => {
    const at = toPropertyKey(key(state));
    defineOwn(into, at, count(state, value(state)));
  });
}

function buildObjectSpread(node: SpreadElement, origin: Origin): PropertyWriter | null {
  const argument = build(node.argument, origin);
  return argument && ((state, into) => {
    const value = argument(state);
    // QuickJS spreads no characters where the standard does.
    if (typeof value === "string") throw new NeedsSandbox();
    if (typeof value === "object" && value !== null) {
      for (const [key, element] of Object.entries(value)) defineOwn(into, key, count(state, element as unknown));
    }
  });
}

function count<T>(state: Interpretation, value: T): T {
  if (++state.created > MAX_INTERPRETED_ELEMENTS) throw new NeedsSandbox();
  if (value === undefined) state.createdUndefined = true;
  return value;
}

/** Assignment would set the prototype for the key `__proto__`. */
function defineOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
