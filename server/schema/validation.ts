import { checkAssertions, hasProperty, matches } from "@/server/schema/assertions";
import { isRecord, isSchema, pointer, type Schema, type SchemaProblem } from "@/server/schema/problem";
import type { SchemaIndex, SchemaResource } from "@/server/schema/schema-index";
import { typeOf } from "@/server/schema/value-type";

/** What subschemas have looked at, for the unevaluated keywords. */
interface Evaluated {
  properties: Set<string>;
  items: Set<number>;
}

/** Where a value is checked, and on whose behalf. */
interface Place {
  /** JSON pointer of the value. */
  path: string;
  resource: SchemaResource;
  /** Resources entered on the way here, for `$dynamicRef`. */
  entered: readonly SchemaResource[];
  evaluated: Evaluated | null;
  /** False where a failure is an answer and not a problem, as under `not` and `anyOf`. */
  isReporting: boolean;
}

type Keywords = Exclude<Schema, boolean>;

/** Thrown when a schema would keep the validator busy without end. */
export class ValidationLimit extends Error {
  override name = "ValidationLimit";
}

/** Schemas applied to values in one validation: about a second. */
const MAX_STEPS = 1_000_000;
/** Nested applications: deeper means a `$ref` that leads back to itself, or a value nested beyond sense. */
const MAX_DEPTH = 600;
const MAX_PROBLEMS = 50;

/** One interpreting validation of a value: no code is generated, and it always ends. */
export class Validation {
  readonly problems: SchemaProblem[] = [];
  #index: SchemaIndex;
  #steps = 0;
  #depth = 0;

  constructor(index: SchemaIndex) {
    this.#index = index;
  }

  run(value: unknown): boolean {
    const { root } = this.#index;
    return this.#check(root.root, value, { path: "", resource: root, entered: [root], evaluated: null, isReporting: true });
  }

  #check(schema: Schema, value: unknown, place: Place): boolean {
    this.spend(1);
    if (schema === true) return true;
    if (schema === false) return this.#fail(place, "is not allowed");
    if (++this.#depth > MAX_DEPTH) throw new ValidationLimit("is nested too deeply, or a $ref leads back to itself");
    const evaluated = this.#index.tracksEvaluated ? { properties: new Set<string>(), items: new Set<number>() } : null;
    const isValid = this.#checkKeywords(schema, value, this.#enter(schema, { ...place, evaluated }));
    this.#depth--;
    if (isValid && evaluated && place.evaluated) merge(place.evaluated, evaluated);
    return isValid;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new ValidationLimit("takes too many steps to check");
  }

  #enter(schema: Keywords, place: Place): Place {
    const resource = this.#index.resourceOf(schema, place.resource);
    return resource === place.resource ? place : { ...place, resource, entered: [...place.entered, resource] };
  }

  #checkKeywords(schema: Keywords, value: unknown, place: Place): boolean {
    const type = typeOf(value);
    let isValid = true;
    checkAssertions(schema, value, type, {
      spend: (steps) => this.spend(steps),
      fail: (message, ...keys) => {
        isValid = this.#fail(place, message, ...keys);
      },
    });
    if (!isValid && !place.isReporting) return false;
    if (!this.#checkReferences(schema, value, place)) isValid = false;
    if (!this.#checkCombinations(schema, value, place)) isValid = false;
    if (type === "object" && !this.#checkObject(schema, value as Record<string, unknown>, place)) isValid = false;
    if (type === "array" && !this.#checkArray(schema, value as readonly unknown[], place)) isValid = false;
    return isValid;
  }

  #checkReferences(schema: Keywords, value: unknown, place: Place): boolean {
    const { $ref, $dynamicRef } = schema;
    let isValid = true;
    if (typeof $ref === "string" && !this.#follow($ref, value, place)) isValid = false;
    if (typeof $dynamicRef === "string" && !this.#follow($dynamicRef, value, place, this.#dynamicTarget($dynamicRef, place))) isValid = false;
    return isValid;
  }

  #follow(reference: string, value: unknown, place: Place, target = this.#index.resolve(reference, place.resource)): boolean {
    if (!target) return this.#fail(place, `cannot be checked: the schema has no ${reference}`);
    const entered = target.resource === place.resource ? place.entered : [...place.entered, target.resource];
    return this.#check(target.schema, value, { ...place, resource: target.resource, entered });
  }

  /** The outermost schema of the anchor's name, if the reference leads to a dynamic anchor at all. */
  #dynamicTarget(reference: string, place: Place) {
    const target = this.#index.resolve(reference, place.resource);
    const anchor = reference.slice(reference.indexOf("#") + 1);
    if (!target || target.resource.dynamicAnchors.get(anchor) !== target.schema) return target;
    const resource = place.entered.find((one) => one.dynamicAnchors.has(anchor));
    const schema = resource?.dynamicAnchors.get(anchor);
    return resource && schema !== undefined ? { schema, resource } : target;
  }

  #checkCombinations(schema: Keywords, value: unknown, place: Place): boolean {
    const { allOf, anyOf, oneOf, not } = schema;
    const silent = { ...place, isReporting: false };
    let isValid = true;
    for (const one of listOf(allOf)) if (!this.#check(one, value, place)) isValid = false;
    if (Array.isArray(anyOf) && this.#countFitting(anyOf, value, silent) === 0) isValid = this.#fail(place, "fits none of the allowed alternatives");
    if (Array.isArray(oneOf)) {
      const fitting = this.#countFitting(oneOf, value, silent);
      if (fitting !== 1) isValid = this.#fail(place, fitting === 0 ? "fits none of the allowed alternatives" : "fits more than one of the alternatives");
    }
    if (isSchema(not) && this.#check(not, value, { ...silent, evaluated: null })) isValid = this.#fail(place, "is of a kind that is not allowed");
    return this.#checkCondition(schema, value, place) && isValid;
  }

  /** All are checked, even after one has fitted: each may have looked at other properties. */
  #countFitting(schemas: readonly unknown[], value: unknown, place: Place): number {
    return listOf(schemas).filter((one) => this.#check(one, value, place)).length;
  }

  #checkCondition({ if: condition, then: consequent, else: alternative }: Keywords, value: unknown, place: Place): boolean {
    if (!isSchema(condition)) return true;
    const chosen = this.#check(condition, value, { ...place, isReporting: false }) ? consequent : alternative;
    return !isSchema(chosen) || this.#check(chosen, value, place);
  }

  #checkObject(schema: Keywords, object: Record<string, unknown>, place: Place): boolean {
    const { propertyNames, dependentSchemas, unevaluatedProperties } = schema;
    let isValid = true;
    const names = Object.keys(object).filter((name) => object[name] !== undefined);
    this.spend(names.length / 10);
    for (const name of names) {
      if (!this.#checkProperty(schema, object, name, place)) isValid = false;
      if (isSchema(propertyNames) && !this.#check(propertyNames, name, { ...place, evaluated: null, path: pointer(place.path, name) })) isValid = false;
    }
    for (const [name, dependent] of entriesOf(dependentSchemas)) {
      if (hasProperty(object, name) && !this.#check(dependent, object, place)) isValid = false;
    }
    if (!isSchema(unevaluatedProperties)) return isValid;
    for (const name of names) {
      if (place.evaluated?.properties.has(name)) continue;
      if (!this.#checkRest(unevaluatedProperties, object[name], below(place, name))) isValid = false;
      place.evaluated?.properties.add(name);
    }
    return isValid;
  }

  #checkProperty(schema: Keywords, object: Record<string, unknown>, name: string, place: Place): boolean {
    const { properties, patternProperties, additionalProperties } = schema;
    const applying: Schema[] = [];
    const own = isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isSchema(own)) applying.push(own);
    for (const [pattern, one] of entriesOf(patternProperties)) if (matches(pattern, name, this)) applying.push(one);
    const isRest = applying.length === 0 && isSchema(additionalProperties);
    if (applying.length > 0 || isRest) place.evaluated?.properties.add(name);
    const inside = below(place, name);
    if (isRest) return this.#checkRest(additionalProperties, object[name], inside);
    return applying.map((one) => this.#check(one, object[name], inside)).every(Boolean);
  }

  #checkRest(schema: Schema, value: unknown, place: Place): boolean {
    return schema === false ? this.#fail(place, "is not a known property") : this.#check(schema, value, place);
  }

  #checkArray(schema: Keywords, array: readonly unknown[], place: Place): boolean {
    const { prefixItems, items, unevaluatedItems } = schema;
    const prefix = listOf(prefixItems);
    this.spend(array.length / 10);
    let isValid = true;
    array.forEach((element, index) => {
      const one = index < prefix.length ? prefix[index] : items;
      if (!isSchema(one)) return;
      place.evaluated?.items.add(index);
      if (!this.#check(one, element, below(place, index))) isValid = false;
    });
    if (!this.#checkContains(schema, array, place)) isValid = false;
    if (!isSchema(unevaluatedItems)) return isValid;
    array.forEach((element, index) => {
      if (place.evaluated?.items.has(index)) return;
      if (!this.#check(unevaluatedItems, element, below(place, index))) isValid = false;
      place.evaluated?.items.add(index);
    });
    return isValid;
  }

  #checkContains({ contains, minContains, maxContains }: Keywords, array: readonly unknown[], place: Place): boolean {
    if (!isSchema(contains)) return true;
    const least = typeof minContains === "number" ? minContains : 1;
    let count = 0;
    array.forEach((element, index) => {
      if (!this.#check(contains, element, { ...below(place, index), isReporting: false })) return;
      count++;
      place.evaluated?.items.add(index);
    });
    if (count < least) return this.#fail(place, `must contain at least ${least} fitting ${least === 1 ? "item" : "items"}`);
    if (typeof maxContains === "number" && count > maxContains) return this.#fail(place, `must contain at most ${maxContains} fitting items`);
    return true;
  }

  #fail(place: Place, message: string, ...keys: (string | number)[]): false {
    if (place.isReporting && this.problems.length < MAX_PROBLEMS) this.problems.push({ path: pointer(place.path, ...keys), message });
    return false;
  }
}

/** What an inner value's schema looks at says nothing about the outer value. */
function below(place: Place, key: string | number): Place {
  return { ...place, path: pointer(place.path, key), evaluated: null };
}

function listOf(schemas: unknown): Schema[] {
  return Array.isArray(schemas) ? schemas.filter(isSchema) : [];
}

function entriesOf(schemas: unknown): [string, Schema][] {
  return isRecord(schemas) ? Object.entries(schemas).filter((entry): entry is [string, Schema] => isSchema(entry[1])) : [];
}

function merge(into: Evaluated, from: Evaluated): void {
  for (const name of from.properties) into.properties.add(name);
  for (const index of from.items) into.items.add(index);
}
