import { isObject, readDraft, type Draft, type DraftEdge, type DraftNode } from "@/components/builder/draft";
import { edgesByKey, nodesById } from "@/components/workflows/merge/conflict";
import { annotationSchema, edgeSchema, nodeSchema } from "@/server/engine/definition";
import { isSameValue } from "@/server/nodes/same-value";

/** `moved`: only its place on the canvas is another. */
export type ChangeKind = "added" | "removed" | "changed" | "moved";

/** Undefined: not there. */
export interface FieldChange {
  path: readonly string[];
  before: unknown;
  after: unknown;
}

export interface NodeChange {
  id: string;
  name: string;
  kind: ChangeKind;
  fields: readonly FieldChange[];
}

export interface EdgeChange {
  key: string;
  name: string;
  kind: Exclude<ChangeKind, "moved">;
  fields: readonly FieldChange[];
}

export interface DefinitionDiff {
  nodes: readonly NodeChange[];
  edges: readonly EdgeChange[];
  /** Outside of nodes and edges: input, output, settings. */
  run: readonly FieldChange[];
  /** Runs cannot notice any of it. */
  isLayoutOnly: boolean;
}

/** What the second definition has different from the first. Null when one of them is not made of steps and connections. */
export function diffDefinitions(first: unknown, second: unknown): DefinitionDiff | null {
  const [before, after] = [normalize(first), normalize(second)];
  if (before === null || after === null) return null;
  const nodes = [...diffNodes(before, after)];
  const edges = [...diffEdges(before, after)];
  const run = changesBetween(aroundOf(before), aroundOf(after));
  const isOnlyNotes = run.every(({ path }) => path[0] === "annotations");
  return { nodes, edges, run, isLayoutOnly: edges.length === 0 && isOnlyNotes && nodes.every(({ kind }) => kind === "moved") };
}

export function countChanges({ nodes, edges, run }: DefinitionDiff): number {
  return nodes.length + edges.length + run.length;
}

/** As the engine reads it: what was left out has its default, so that a version equals the draft it was made from. */
export function normalize(document: unknown): Draft | null {
  const draft = readDraft(document);
  if (draft === null) return null;
  return {
    input: {},
    settings: {},
    ...draft,
    ...(draft.annotations === undefined ? {} : { annotations: draft.annotations.map((note) => annotationSchema.safeParse(note).data ?? note) }),
    nodes: draft.nodes.map((node) => nodeSchema.safeParse(node).data ?? node),
    edges: draft.edges.map((edge) => edgeSchema.safeParse(edge).data ?? edge),
  };
}

function* diffNodes(before: Draft, after: Draft): Generator<NodeChange> {
  const [old, now] = [nodesById(before), nodesById(after)];
  for (const node of after.nodes) {
    const earlier = old.get(node.id);
    if (earlier === undefined) yield { id: node.id, name: nameOf(node), kind: "added", fields: [] };
    else {
      const fields = changesBetween(withoutLayout(earlier), withoutLayout(node));
      if (fields.length > 0) yield { id: node.id, name: nameOf(node), kind: "changed", fields };
      else if (!isSameValue(earlier, node)) yield { id: node.id, name: nameOf(node), kind: "moved", fields: [] };
    }
  }
  for (const node of before.nodes) if (!now.has(node.id)) yield { id: node.id, name: nameOf(node), kind: "removed", fields: [] };
}

function* diffEdges(before: Draft, after: Draft): Generator<EdgeChange> {
  const [old, now] = [edgesByKey(before), edgesByKey(after)];
  for (const [key, edge] of now) {
    const earlier = old.get(key);
    const fields = earlier === undefined ? [] : changesBetween(earlier, edge);
    if (earlier === undefined) yield { key, name: nameOfEdge(edge, after), kind: "added", fields };
    else if (fields.length > 0) yield { key, name: nameOfEdge(edge, after), kind: "changed", fields };
  }
  for (const [key, edge] of old) if (!now.has(key)) yield { key, name: nameOfEdge(edge, before), kind: "removed", fields: [] };
}

/** Every place where two objects differ; lists and texts are compared whole. */
function changesBetween(before: object, after: object, path: readonly string[] = []): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): FieldChange[] => {
    const [one, other]: unknown[] = [Reflect.get(before, key), Reflect.get(after, key)];
    if (isSameValue(one, other)) return [];
    const here = [...path, key];
    return isObject(one) && isObject(other) ? changesBetween(one, other, here) : [{ path: here, before: one, after: other }];
  });
}

function withoutLayout({ position: _position, size: _size, collapsed: _collapsed, ...rest }: DraftNode) {
  return rest;
}

function aroundOf({ nodes: _nodes, edges: _edges, ...rest }: Draft) {
  return rest;
}

function nameOf({ name, id }: DraftNode): string {
  return name === undefined || name.trim() === "" ? id : name;
}

function nameOfEdge({ from, to }: DraftEdge, draft: Draft): string {
  const nodes = nodesById(draft);
  const name = (id: string) => nameOf(nodes.get(id) ?? ({ id, kind: "" } as DraftNode));
  return `${name(from)} → ${name(to)}`;
}
