import type { MemberExpression, Node } from "acorn";
import { visitFreeNames } from "@/server/expressions/free-names";
import { parseWholeExpression, skipBlank } from "@/server/expressions/parse-expression";
import { mayHoldExpression, parseTemplate } from "@/server/expressions/template";
import { findKind } from "@/server/nodes/catalog";
import { isObject, type Draft, type DraftEdge, type DraftNode } from "./draft";

/** Answers the id that shall stand in place of the given one. */
export type RenameId = (id: string) => string;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Puts other ids into every `steps.ID` and `loops.ID` of a node's expressions. Ids that are read by a computed name stay. */
export function renameInNode(node: DraftNode, rename: RenameId): DraftNode {
  return mapExpressions(node, (ast, source, base) => changesIn(ast, source, rename, base));
}

/** What to put in place of parts of an expression; `base` is where it begins in its text. */
export type Rewrite = (ast: Node, source: string, base: number) => Change[];

/** Rewrites every expression of a node. */
export function mapExpressions(node: DraftNode, rewrite: Rewrite): DraftNode {
  const raw = new Set(findKind(node.kind)?.rawFields ?? []);
  const config = node.config === undefined ? undefined : Object.fromEntries(Object.entries(node.config).map(([key, value]) => [key, raw.has(key) ? value : rewriteValue(value, rewrite)]));
  return {
    ...node,
    ...(config === undefined ? {} : { config }),
    ...(node.skipIf === undefined ? {} : { skipIf: rewriteText(node.skipIf, rewrite) }),
    ...(node.cache === undefined ? {} : { cache: { ...node.cache, key: rewriteText(node.cache.key, rewrite) } }),
    ...rewriteKeys(node, rewrite),
    ...(node.retry?.retryIf === undefined ? {} : { retry: { ...node.retry, retryIf: rewriteCondition(node.retry.retryIf, rewrite) } }),
  };
}

function rewriteKeys(node: DraftNode, rewrite: Rewrite): Partial<DraftNode> {
  return Object.fromEntries(KEYED.flatMap((name) => {
    const rule = node[name];
    return rule?.key === undefined ? [] : [[name, { ...rule, key: rewriteText(rule.key, rewrite) }]];
  }));
}

export function renameInEdge(edge: DraftEdge, rename: RenameId): DraftEdge {
  return edge.when === undefined ? edge : { ...edge, when: renameInText(edge.when, rename) };
}

/** The places of a definition outside of its nodes and edges. */
export function renameInRun(draft: Draft, rename: RenameId): Draft {
  return rewriteRun(draft, (ast, source, base) => changesIn(ast, source, rename, base));
}

const KEYED = ["concurrency", "rateLimit", "throttle", "debounce"] as const;

function rewriteRun(draft: Draft, rewrite: Rewrite): Draft {
  const { settings } = draft;
  const rules = KEYED.flatMap((name) => {
    const rule = settings?.[name];
    return rule?.key === undefined ? [] : [[name, { ...rule, key: rewriteText(rule.key, rewrite) }]];
  });
  return {
    ...draft,
    ...(draft.output === undefined ? {} : { output: rewriteValue(draft.output, rewrite) }),
    ...(rules.length === 0 ? {} : { settings: { ...settings, ...(Object.fromEntries(rules) as Draft["settings"]) } }),
  };
}

/** Reads a field of the input by another name, wherever it is read. */
export function renameInput(draft: Draft, field: string, next: string): Draft {
  const rewrite: Rewrite = (ast, source, base) => changesIn(ast, source, (name) => (name === field ? next : name), base, INPUT);
  return rewriteRun(
    {
      ...draft,
      nodes: draft.nodes.map((node) => renameGiven(mapExpressions(node, rewrite), field, next)),
      edges: draft.edges.map((edge) => (edge.when === undefined ? edge : { ...edge, when: rewriteText(edge.when, rewrite) })),
    },
    rewrite,
  );
}

/** A start step names fields of the input by which it makes one of an event. */
function renameGiven(node: DraftNode, field: string, next: string): DraftNode {
  const { config } = node;
  if (!node.kind.startsWith("trigger.") || !isObject(config)) return node;
  const { mapping, defaultInput } = config;
  const part = isObject(mapping) ? (mapping.type === "jsonPath" ? "fields" : mapping.type === "expression" ? "value" : null) : null;
  return {
    ...node,
    config: {
      ...config,
      ...(isObject(mapping) && part !== null ? { mapping: { ...mapping, [part]: renameKey(mapping[part], field, next) } } : {}),
      ...(defaultInput === undefined ? {} : { defaultInput: renameKey(defaultInput, field, next) }),
    },
  };
}

/** At its place, unless the other name is there already. */
function renameKey(value: unknown, key: string, next: string): unknown {
  if (!isObject(value) || !Object.hasOwn(value, key) || Object.hasOwn(value, next)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name === key ? next : name, own]));
}

/** Ids of the steps and loops that a node's expressions read. */
export function referencesOfNode(node: DraftNode): Set<string> {
  return namedBy((note) => renameInNode(node, note));
}

/** The same of an edge's condition. */
export function referencesOfEdge(edge: DraftEdge): Set<string> {
  return namedBy((note) => renameInEdge(edge, note));
}

function namedBy(walk: (note: RenameId) => void): Set<string> {
  const found = new Set<string>();
  walk((id) => {
    found.add(id);
    return id;
  });
  return found;
}

export function renameInValue(value: unknown, rename: RenameId): unknown {
  return rewriteValue(value, (ast, source, base) => changesIn(ast, source, rename, base));
}

function renameInText(text: string, rename: RenameId): string {
  return rewriteText(text, (ast, source, base) => changesIn(ast, source, rename, base));
}

export function rewriteValue(value: unknown, rewrite: Rewrite): unknown {
  if (typeof value === "string") return rewriteText(value, rewrite);
  if (Array.isArray(value)) return value.map((entry) => rewriteValue(entry, rewrite));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rewriteValue(entry, rewrite)]));
}

/** A text that does not parse is left as it is. */
export function rewriteText(text: string, rewrite: Rewrite): string {
  if (typeof text !== "string" || !mayHoldExpression(text)) return text;
  const parsed = parseTemplate(text);
  if (!parsed.ok) return text;
  const changes = parsed.parts.flatMap((part) => (part.kind === "expression" ? rewrite(part.expression.ast, part.expression.source, skipBlank(text, part.offset + 2)) : []));
  return applyChanges(text, changes);
}

/** `retryIf` is an expression; braces around it are allowed. */
function rewriteCondition(text: string, rewrite: Rewrite): string {
  if (mayHoldExpression(text)) return rewriteText(text, rewrite);
  const parsed = parseWholeExpression(text);
  return parsed.ok ? applyChanges(text, rewrite(parsed.expression.ast, parsed.expression.source, parsed.start)) : text;
}

export interface Change {
  start: number;
  end: number;
  text: string;
}

const STEPS: readonly string[] = ["steps", "loops"];
const INPUT: readonly string[] = ["input"];

/** Changes of the name behind one of the roots, such as `a` in `steps.a`. */
function changesIn(ast: Node, source: string, rename: RenameId, base: number, roots = STEPS): Change[] {
  const changes: Change[] = [];
  visitFreeNames(ast, (identifier, parents) => {
    if (!roots.includes(identifier.name)) return;
    const member = memberOf(identifier, parents);
    if (member === null) return;
    const id = idOf(member);
    const next = id === null ? null : rename(id);
    if (id === null || next === null || next === id) return;
    changes.push(member.computed ? { ...range(member.property), text: JSON.stringify(next) } : changeOfName(member, source, next));
  });
  return changes.map(({ start, end, text }) => ({ start: start + base, end: end + base, text }));
}

/** `.old` becomes `.next`, or `["next"]` where that is no identifier. */
function changeOfName(member: MemberExpression, source: string, next: string): Change {
  const { start, end } = range(member.property);
  if (IDENTIFIER.test(next)) return { start, end, text: next };
  const dot = source.lastIndexOf(".", start);
  return member.optional ? { start: dot + 1, end, text: `[${JSON.stringify(next)}]` } : { start: dot, end, text: `[${JSON.stringify(next)}]` };
}

export function memberOf(identifier: Node, parents: readonly Node[]): MemberExpression | null {
  let object: Node = identifier;
  for (const parent of parents.toReversed()) {
    if (parent.type === "ParenthesizedExpression") object = parent;
    else return parent.type === "MemberExpression" && (parent as MemberExpression).object === object ? (parent as MemberExpression) : null;
  }
  return null;
}

export function idOf({ computed, property }: MemberExpression): string | null {
  if (!computed) return property.type === "Identifier" ? property.name : null;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}

function range({ start, end }: Node): { start: number; end: number } {
  return { start, end };
}

function applyChanges(text: string, changes: readonly Change[]): string {
  return changes
    .toSorted((one, other) => other.start - one.start)
    .reduce((current, { start, end, text: next }) => current.slice(0, start) + next + current.slice(end), text);
}
