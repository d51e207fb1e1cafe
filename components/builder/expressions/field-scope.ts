import type { Definition, WorkflowEdge, WorkflowNode } from "@/server/engine/definition";
import { findKind } from "@/server/nodes/catalog";
import { placeOfEdge, placesOfNode, type ExpressionPlace } from "@/server/nodes/expression-places";
import { WorkflowScope } from "@/server/nodes/workflow-scope";
import type { Draft } from "../draft";
import { nameOf } from "../places";

/** What an expression in one field of a draft may read. */
export interface FieldScope {
  /** Steps whose result is there when the field is evaluated, the nearest first. */
  steps: { id: string; name: string; kind: string }[];
  /** Loops around the field, the nearest last. */
  loops: { id: string; kind: "forEach" | "while" }[];
  /** Names at the root, such as `input`, `item`, `attempt`. */
  roots: string[];
}

const ALWAYS = ["input", "trigger", "vars", "run", "workspace", "now"];

/** `pointer` leads from the node to the field: `/config/url`, `/skipIf`; without a node, from the definition: `/output/total`. */
export function scopeOfField(draft: Draft, nodeId: string, pointer: string): FieldScope {
  const definition = draft as unknown as Definition;
  const scope = new WorkflowScope(definition);
  const index = draft.nodes.findIndex(({ id }) => id === nodeId);
  const node = scope.node(nodeId);
  if (node === undefined) return pointer.startsWith("/output") ? describe(draft, scope, { ...OF_RUN, around: scope.ofRun() }) : { steps: [], loops: [], roots: ALWAYS };
  // A field that is empty has no place yet: it gets one as if an expression stood there.
  const filled = withExpressionAt(node, pointer);
  return describe(draft, scope, placeAt(placesOfNode(scope, filled, index), `/nodes/${index}${pointer}`) ?? { around: scope.ofNode(node), reader: node, readsItself: false, ownError: false, extraNames: [] });
}

/** In the condition of an edge. */
export function scopeOfEdge(draft: Draft, edgeIndex: number): FieldScope {
  const scope = new WorkflowScope(draft as unknown as Definition);
  const [place] = placeOfEdge(scope, { ...(draft.edges[edgeIndex] as WorkflowEdge), when: "{{ 0 }}" }, edgeIndex);
  return place === undefined ? { steps: [], loops: [], roots: ALWAYS } : describe(draft, scope, place);
}

/** Nothing of the run is under way any more. */
const OF_RUN = { reader: null, readsItself: false, ownError: false, extraNames: [] } as const;

type Place = Pick<ExpressionPlace, "around" | "reader" | "readsItself" | "ownError" | "extraNames">;

function placeAt(places: readonly ExpressionPlace[], pointer: string): ExpressionPlace | undefined {
  const around = places.filter(({ path }) => pointer === path || pointer.startsWith(`${path}/`));
  return around.toSorted((one, other) => other.path.length - one.path.length)[0];
}

function describe(draft: Draft, scope: WorkflowScope, { around, reader, readsItself, ownError, extraNames }: Place): FieldScope {
  const before = reader === null ? [...around.visible].toReversed() : [...(readsItself ? [reader.id] : []), ...scope.before(reader)];
  const steps = before.filter((id) => around.visible.has(id) && scope.node(id) !== undefined);
  const kinds = [...around.loops.values()];
  return {
    steps: steps.map((id) => ({ id, name: nameOf(draft, id), kind: scope.node(id)?.kind ?? "" })),
    loops: [...around.loops].map(([id, kind]) => ({ id, kind })).toReversed(),
    roots: [
      ...(steps.length > 0 ? ["steps"] : []),
      ...(kinds.includes("forEach") ? ["item"] : []),
      ...(kinds.length > 0 ? ["index", "loops"] : []),
      ...(kinds.includes("while") ? ["previous"] : []),
      ...(ownError || around.hasError ? ["error"] : []),
      ...extraNames,
      ...ALWAYS,
    ],
  };
}

function withExpressionAt(node: WorkflowNode, pointer: string): WorkflowNode {
  const [field, ...inner] = pointer.slice(1).split("/");
  const filled = { ...node, config: node.config ?? {} } as Record<string, unknown>;
  if (field === undefined) return node;
  filled[field] = setAt(filled[field], inner.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")), field === "retry" ? "0" : "{{ 0 }}");
  return filled as unknown as WorkflowNode;
}

function setAt(value: unknown, path: readonly string[], put: string): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return put;
  if (Array.isArray(value)) return value.map((entry: unknown, index) => (String(index) === first ? setAt(entry, rest, put) : entry));
  return { ...(typeof value === "object" && value !== null ? value : {}), [first]: setAt((value as Record<string, unknown> | null | undefined)?.[first], rest, put) };
}

export function kindTitle(kind: string): string {
  return findKind(kind)?.title ?? kind;
}
