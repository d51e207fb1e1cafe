import type { Identifier, MemberExpression, Node } from "acorn";
import { visitFreeNames } from "@/server/expressions/free-names";

/** Everything an expression can read. `secrets` is no value: it exists only as a token in secret fields. */
export const SCOPE_ROOTS = [
  "input",
  "trigger",
  "steps",
  "item",
  "index",
  "loops",
  "previous",
  "vars",
  "run",
  "workspace",
  "now",
  "error",
] as const;

export type ScopeRoot = (typeof SCOPE_ROOTS)[number];

/** The values expressions see. Plain data as `decodeValue` yields it; a root that does not apply is left out. */
export type ExpressionScope = { readonly [Root in ScopeRoot]?: unknown };

/** What an expression, template or code reads. */
export interface References {
  roots: ScopeRoot[];
  /** Ids in `steps.ID` and `steps["ID"]`. */
  steps: string[];
  /** `steps` is read in a way that does not name its step. */
  dynamicSteps: boolean;
  loops: string[];
  dynamicLoops: boolean;
  vars: string[];
  dynamicVars: boolean;
  /** Free names that are neither a root nor a JavaScript global, with their offset in the expression. */
  unknownNames: { name: string; offset: number }[];
  /** Static paths whose values a sandbox needs, such as `["steps", "fetch", "output"]`. */
  paths: string[][];
}

export const NO_REFERENCES: References = {
  roots: [],
  steps: [],
  dynamicSteps: false,
  loops: [],
  dynamicLoops: false,
  vars: [],
  dynamicVars: false,
  unknownNames: [],
  paths: [],
};

/** How many static member names below a root are followed when values are copied into a sandbox. */
const COPIED_DEPTH: Partial<Record<ScopeRoot, number>> = { steps: 2, loops: 2, input: 1, trigger: 1, vars: 1, run: 1, workspace: 1 };

const ROOTS: ReadonlySet<string> = new Set(SCOPE_ROOTS);
const GLOBALS: ReadonlySet<string> = new Set(
  `undefined NaN Infinity globalThis Object Function Array String Number Boolean Symbol BigInt Math JSON Date RegExp Map Set
  WeakMap WeakSet WeakRef Promise Proxy Reflect Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
  AggregateError InternalError ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
  Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array Atomics Iterator FinalizationRegistry
  parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape eval queueMicrotask
  console`.split(/\s+/),
);

/** `extraNames` are variables besides the roots: they are copied whole, and named in no list but `paths`. */
export function findReferences(tree: Node, extraNames: readonly string[] = []): References {
  const found: References = structuredClone(NO_REFERENCES);
  visitFreeNames(tree, (identifier, parents) => {
    const { name } = identifier;
    if (isScopeRoot(name)) addRoot(found, name, memberNames(identifier, parents));
    else if (extraNames.includes(name)) found.paths.push([name]);
    else if (!GLOBALS.has(name)) found.unknownNames.push({ name, offset: identifier.start });
  });
  return mergeReferences([found]);
}

export function isScopeRoot(name: string): name is ScopeRoot {
  return ROOTS.has(name);
}

export function mergeReferences(all: readonly References[]): References {
  const unique = <T>(pick: (references: References) => T[]) => [...new Set(all.flatMap(pick))];
  return {
    roots: unique((one) => one.roots),
    steps: unique((one) => one.steps),
    dynamicSteps: all.some((one) => one.dynamicSteps),
    loops: unique((one) => one.loops),
    dynamicLoops: all.some((one) => one.dynamicLoops),
    vars: unique((one) => one.vars),
    dynamicVars: all.some((one) => one.dynamicVars),
    unknownNames: all.flatMap((one) => one.unknownNames),
    paths: all.flatMap((one) => one.paths),
  };
}

function addRoot(found: References, root: ScopeRoot, members: string[]): void {
  found.roots.push(root);
  found.paths.push([root, ...members.slice(0, COPIED_DEPTH[root] ?? 0)]);
  const first = members[0];
  if (root === "steps") {
    if (first === undefined) found.dynamicSteps = true;
    else found.steps.push(first);
  } else if (root === "loops") {
    if (first === undefined) found.dynamicLoops = true;
    else found.loops.push(first);
  } else if (root === "vars") {
    if (first === undefined) found.dynamicVars = true;
    else found.vars.push(first);
  }
}

/** The statically named members read from an identifier: `["a", "output"]` for `steps.a["output"][i]`. A called method is no member. */
function memberNames(identifier: Identifier, parents: readonly Node[]): string[] {
  const names: string[] = [];
  let object: Node = identifier;
  for (let level = parents.length - 1; level >= 0; level--) {
    const parent = parents[level]!;
    if (parent.type === "ParenthesizedExpression" || parent.type === "ChainExpression") {
      object = parent;
      continue;
    }
    if (parent.type !== "MemberExpression" || (parent as MemberExpression).object !== object) break;
    const name = staticName(parent as MemberExpression);
    if (name === null || isCalledOrWritten(parents, level)) break;
    names.push(name);
    object = parent;
  }
  return names;
}

function isCalledOrWritten(nodes: readonly Node[], level: number): boolean {
  let outer = level - 1;
  while (nodes[outer]?.type === "ParenthesizedExpression" || nodes[outer]?.type === "ChainExpression") outer--;
  const parent = nodes[outer] as (Node & { callee?: unknown; tag?: unknown; left?: unknown }) | undefined;
  const member = nodes[outer + 1];
  if (!parent) return false;
  if (parent.callee === member || parent.tag === member) return true;
  return (parent.type === "AssignmentExpression" && parent.left === member) || parent.type === "UpdateExpression" || isDelete(parent);
}

function isDelete(parent: Node): boolean {
  return parent.type === "UnaryExpression" && (parent as Node & { operator?: unknown }).operator === "delete";
}

function staticName(member: MemberExpression): string | null {
  if (!member.computed) return member.property.type === "Identifier" ? member.property.name : null;
  return member.property.type === "Literal" && typeof member.property.value === "string" ? member.property.value : null;
}
