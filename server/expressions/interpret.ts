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

/** The value of an optional chain that met null: what remains of the chain is not evaluated. */
const SHORT_CIRCUIT = Symbol("short circuit");

/**
 * Builds the interpreter of an expression, or null if it holds anything but literals, member reads,
 * pure operators, conditionals, template literals and array or object literals.
 */
export function buildInterpreter({ source, ast }: ParsedExpression): Interpreter | null {
  return build(ast, source);
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

function build(node: Expression, source: string): Interpreter | null {
  switch (node.type) {
    case "Literal":
      return buildLiteral(node);
    case "Identifier":
      return buildName(node.name);
    case "ParenthesizedExpression":
      return build(node.expression, source);
    case "MemberExpression":
      return buildMember(node, source);
    case "ChainExpression": {
      const chain = build(node.expression, source);
      return chain && ((state) => settle(chain(state)));
    }
    case "UnaryExpression": {
      const { operator } = node;
      const argument = UNARY_OPERATORS.has(operator) ? build(node.argument, source) : null;
      return argument && ((state) => applyUnary(operator, argument(state)));
    }
    case "BinaryExpression": {
      const { operator } = node;
      if (!BINARY_OPERATORS.has(operator) || node.left.type === "PrivateIdentifier") return null;
      const left = build(node.left, source);
      const right = build(node.right, source);
      return left && right && ((state) => applyBinary(operator, left(state), right(state)));
    }
    case "LogicalExpression": {
      const left = build(node.left, source);
      const right = build(node.right, source);
      if (!left || !right) return null;
      if (node.operator === "&&") return (state) => left(state) && right(state);
      if (node.operator === "||") return (state) => left(state) || right(state);
      return (state) => left(state) ?? right(state);
    }
    case "ConditionalExpression": {
      const test = build(node.test, source);
      const consequent = build(node.consequent, source);
      const alternate = build(node.alternate, source);
      return test && consequent && alternate && ((state) => (test(state) ? consequent(state) : alternate(state)));
    }
    case "SequenceExpression": {
      const parts = buildAll(node.expressions, source);
      return parts && ((state) => parts.reduce<unknown>((_previous, part) => part(state), undefined));
    }
    case "TemplateLiteral":
      return buildTemplateLiteral(node, source);
    case "ArrayExpression":
      return buildArray(node, source);
    case "ObjectExpression":
      return buildObject(node, source);
    default:
      return null;
  }
}

function buildAll(nodes: readonly Expression[], source: string): Interpreter[] | null {
  const built: Interpreter[] = [];
  for (const node of nodes) {
    const one = build(node, source);
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

function buildName(name: string): Interpreter | null {
  if (isScopeRoot(name)) return (state) => (Object.hasOwn(state.scope, name) ? state.scope[name] : undefined);
  if (name === "undefined") return () => undefined;
  if (name === "NaN") return () => NaN;
  if (name === "Infinity") return () => Infinity;
  return null;
}

function buildMember(node: MemberExpression, source: string): Interpreter | null {
  if (node.object.type === "Super" || node.property.type === "PrivateIdentifier") return null;
  const object = build(node.object, source);
  const key = node.computed || node.property.type !== "Identifier" ? build(node.property, source) : constant(node.property.name);
  if (!object || !key) return null;
  const { optional } = node;
  const where = source.slice(node.object.start, node.object.end);
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

function buildTemplateLiteral(node: TemplateLiteral, source: string): Interpreter | null {
  const parts = buildAll(node.expressions, source);
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

function buildArray(node: ArrayExpression, source: string): Interpreter | null {
  const writers: ((state: Interpretation, into: unknown[]) => void)[] = [];
  for (const element of node.elements) {
    if (element === null) return null;
    const value = build(element.type === "SpreadElement" ? element.argument : element, source);
    if (!value) return null;
    if (element.type === "SpreadElement") writers.push((state, into) => spreadIntoArray(state, value(state), into, source, element));
    else writers.push((state, into) => void into.push(count(state, value(state))));
  }
  return (state) => {
    const array: unknown[] = [];
    for (const write of writers) write(state, array);
    return array;
  };
}

function spreadIntoArray(state: Interpretation, value: unknown, into: unknown[], source: string, node: SpreadElement): void {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") {
    throw new InterpretationError(`${String(value)} is not iterable at ${source.slice(node.argument.start, node.argument.end)}`);
  }
  if (!Array.isArray(value) && typeof value !== "string") throw new NeedsSandbox();
  for (const element of value) into.push(count(state, element as unknown));
}

type PropertyWriter = (state: Interpretation, into: object) => void;

function buildObject(node: ObjectExpression, source: string): Interpreter | null {
  const writers: PropertyWriter[] = [];
  for (const property of node.properties) {
    const writer = property.type === "SpreadElement" ? buildObjectSpread(property, source) : buildProperty(property, source);
    if (!writer) return null;
    writers.push(writer);
  }
  return (state) => {
    const object = {};
    for (const write of writers) write(state, object);
    return object;
  };
}

function buildProperty(property: Exclude<ObjectExpression["properties"][number], SpreadElement>, source: string): PropertyWriter | null {
  if (property.kind !== "init" || property.method) return null;
  const { key: name } = property;
  const isName = !property.computed && name.type === "Identifier";
  const isPrototype = isName ? name.name === "__proto__" : name.type === "Literal" && name.value === "__proto__";
  if (isPrototype && !property.computed && !property.shorthand) return null;
  const key = isName ? constant(name.name) : build(name, source);
  const value = build(property.value, source);
  return key && value && ((state, into) => {
    const at = toPropertyKey(key(state));
    defineOwn(into, at, count(state, value(state)));
  });
}

function buildObjectSpread(node: SpreadElement, source: string): PropertyWriter | null {
  const argument = build(node.argument, source);
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
