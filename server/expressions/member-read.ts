import { InterpretationError, NeedsSandbox } from "@/server/expressions/expression-error";
import { toPropertyKey } from "@/server/expressions/operators";

const INDEX = /^(?:0|[1-9]\d*)$/;

/** What every object inherits. Reading one of these is left to QuickJS, where prototypes are those of the sandbox. */
const INHERITED_BY_OBJECTS: ReadonlySet<string> = new Set([
  "constructor",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "toString",
  "valueOf",
]);

/**
 * `target[key]` on own properties only. `where` is the source of the target, for the message.
 * Like QuickJS, a null target fails before the key is converted.
 */
export function readMember(target: unknown, key: unknown, where: string): unknown {
  if (target === null || target === undefined) {
    throw new InterpretationError(`cannot read property ${describeKey(key)} of ${String(target)} at ${where}`);
  }
  if (typeof target === "string") return readFromText(target, key);
  if (typeof target !== "object") throw new NeedsSandbox();
  if (Array.isArray(target)) return readFromArray(target, key);
  if (target instanceof Date) throw new NeedsSandbox();
  const name = toPropertyKey(key);
  if (Object.hasOwn(target, name)) return (target as Record<string, unknown>)[name];
  if (INHERITED_BY_OBJECTS.has(name)) throw new NeedsSandbox();
  return undefined;
}

function readFromArray(target: readonly unknown[], key: unknown): unknown {
  if (typeof key === "number") return Object.hasOwn(target, key) ? (target[key] as unknown) : undefined;
  const name = toPropertyKey(key);
  if (name === "length") return target.length;
  if (!INDEX.test(name)) throw new NeedsSandbox();
  return Object.hasOwn(target, name) ? (target[Number(name)] as unknown) : undefined;
}

function readFromText(target: string, key: unknown): unknown {
  if (typeof key === "number") return target[key];
  const name = toPropertyKey(key);
  if (name === "length") return target.length;
  if (!INDEX.test(name)) throw new NeedsSandbox();
  return target[Number(name)];
}

function describeKey(key: unknown): string {
  return typeof key === "string" || typeof key === "number" ? `'${key}'` : "of that name";
}
