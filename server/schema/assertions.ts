import { compileSafeRegex } from "@/server/schema/safe-regex";
import { canonicalText } from "@/server/schema/equality";
import { FORMATS } from "@/server/schema/formats";
import { isRecord } from "@/server/schema/problem";
import { hasType, textOfString, type ValueType } from "@/server/schema/value-type";

export interface Judge {
  /** Reports a problem at the value, or below it at the keys. */
  fail(message: string, ...keys: (string | number)[]): void;
  /** Counts work that grows with the value; about a microsecond each. */
  spend(steps: number): void;
}

type Keywords = { readonly [keyword: string]: unknown };

/** The keywords that look at the value alone. A keyword of the wrong type is ignored here; `checkSchema` reports it. */
export function checkAssertions(schema: Keywords, value: unknown, type: ValueType, judge: Judge): void {
  checkAnyType(schema, value, type, judge);
  if (type === "number") checkNumber(schema, value as number | bigint, judge);
  else if (type === "string") checkText(schema, textOfString(value), judge);
  else if (type === "array") checkArraySize(schema, value as readonly unknown[], judge);
  else if (type === "object") checkObjectSize(schema, value as object, judge);
}

function checkAnyType(schema: Keywords, value: unknown, type: ValueType, judge: Judge): void {
  const { type: wanted, enum: allowed } = schema;
  if (typeof wanted === "string" && !hasType(value, type, wanted)) judge.fail(`must be ${withArticle(wanted)}`);
  if (Array.isArray(wanted) && !wanted.some((one) => hasType(value, type, one))) judge.fail(`must be ${wanted.map((one) => withArticle(String(one))).join(" or ")}`);
  if (Object.hasOwn(schema, "const") && !isOneOf([schema.const], value, judge)) judge.fail(`must be ${excerpt([schema.const])}`);
  if (Array.isArray(allowed) && !isOneOf(allowed, value, judge)) judge.fail(`must be one of ${excerpt(allowed)}`);
}

function isOneOf(allowed: readonly unknown[], given: unknown, judge: Judge): boolean {
  judge.spend(allowed.length / 20);
  const value = given instanceof Date ? textOfString(given) : given;
  if (typeof value !== "object" || value === null) return allowed.some((one) => one === value || (typeof value === "bigint" && one === Number(value)));
  const text = canonicalText(value);
  judge.spend(text.length / 20);
  return allowed.some((one) => typeof one === "object" && one !== null && canonicalText(one) === text);
}

function checkNumber(schema: Keywords, value: number | bigint, judge: Judge): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === "number" && value < minimum) judge.fail(`must be at least ${minimum}`);
  if (typeof maximum === "number" && value > maximum) judge.fail(`must be at most ${maximum}`);
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) judge.fail(`must be greater than ${exclusiveMinimum}`);
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) judge.fail(`must be less than ${exclusiveMaximum}`);
  if (typeof multipleOf === "number" && multipleOf > 0 && !isMultiple(value, multipleOf)) judge.fail(`must be a multiple of ${multipleOf}`);
}

/** In decimal, as people read it: 0.3 is a multiple of 0.1. */
function isMultiple(value: number | bigint, divisor: number): boolean {
  const quotient = Number(value) / divisor;
  if (!Number.isFinite(quotient)) return Number.isInteger(value) && Number.isInteger(1 / divisor);
  const rounded = Math.round(quotient);
  return Math.abs(quotient - rounded) <= Number.EPSILON * Math.max(1, Math.abs(quotient));
}

function checkText(schema: Keywords, text: string, judge: Judge): void {
  const { minLength, maxLength, pattern, format } = schema;
  judge.spend(text.length / 200);
  if (typeof minLength === "number" || typeof maxLength === "number") {
    const length = countCharacters(text);
    if (typeof minLength === "number" && length < minLength) judge.fail(minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`);
    if (typeof maxLength === "number" && length > maxLength) judge.fail(`must have at most ${maxLength} characters`);
  }
  if (typeof pattern === "string" && !matches(pattern, text, judge)) judge.fail(`must match the pattern ${pattern}`);
  const known = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known && !known.check(text)) judge.fail(`must be ${known.name}`);
}

/** A pattern that RE2 does not take fits nothing: `checkSchema` says so beforehand. */
export function matches(pattern: string, text: string, judge: Pick<Judge, "spend">): boolean {
  const compiled = compileSafeRegex(pattern, "u");
  if (!compiled.ok) return false;
  judge.spend(compiled.regex.workFor(text) / 50);
  return compiled.regex.test(text);
}

function checkArraySize(schema: Keywords, array: readonly unknown[], judge: Judge): void {
  const { minItems, maxItems, uniqueItems } = schema;
  if (typeof minItems === "number" && array.length < minItems) judge.fail(`must have at least ${minItems} items`);
  if (typeof maxItems === "number" && array.length > maxItems) judge.fail(`must have at most ${maxItems} items`);
  if (uniqueItems !== true) return;
  const seen = new Map<string, number>();
  array.forEach((element, index) => {
    const text = canonicalText(element);
    judge.spend(text.length / 20);
    const earlier = seen.get(text);
    if (earlier === undefined) seen.set(text, index);
    else judge.fail(`is the same as item ${earlier}`, index);
  });
}

function checkObjectSize(schema: Keywords, object: object, judge: Judge): void {
  const { minProperties, maxProperties, required, dependentRequired } = schema;
  if (typeof minProperties === "number" || typeof maxProperties === "number") {
    const count = Object.keys(object).length;
    if (typeof minProperties === "number" && count < minProperties) judge.fail(`must have at least ${minProperties} properties`);
    if (typeof maxProperties === "number" && count > maxProperties) judge.fail(`must have at most ${maxProperties} properties`);
  }
  requireAll(object, required, "is required", judge);
  if (!isRecord(dependentRequired)) return;
  for (const [name, names] of Object.entries(dependentRequired)) {
    if (hasProperty(object, name)) requireAll(object, names, `is required when ${name} is given`, judge);
  }
}

function requireAll(object: object, names: unknown, message: string, judge: Judge): void {
  if (!Array.isArray(names)) return;
  for (const name of names as unknown[]) if (typeof name === "string" && !hasProperty(object, name)) judge.fail(message, name);
}

/** A property that is undefined is not there, as in JSON. */
export function hasProperty(object: object, name: string): boolean {
  return Object.hasOwn(object, name) && (object as Record<string, unknown>)[name] !== undefined;
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

function withArticle(type: string): string {
  if (type === "null") return "null";
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function excerpt(values: readonly unknown[]): string {
  const text = values.slice(0, 50).map(canonicalText).join(", ");
  return text.length > 200 || values.length > 50 ? `${text.slice(0, 200)}…` : text;
}
