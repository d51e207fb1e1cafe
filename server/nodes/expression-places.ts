import type { WorkflowEdge, WorkflowNode } from "@/server/engine/definition";
import type { CompileOptions } from "@/server/expressions/compile";
import { findKind } from "@/server/nodes/catalog";
import { isWithinAny, laterFieldsOf, rawFieldsOf } from "@/server/nodes/config-fields";
import type { KindSpec } from "@/server/nodes/kind";
import type { Surroundings, WorkflowScope } from "@/server/nodes/workflow-scope";

/** One place of a definition that holds expressions, and what they may read there. */
export interface ExpressionPlace {
  /** JSON pointer into the definition. */
  path: string;
  value: unknown;
  around: Surroundings;
  /** Names beside the scope's own. */
  extraNames: readonly string[];
  compile: CompileOptions;
  /** Steps read here should have run before this node; null: all that is visible has ended. */
  reader: WorkflowNode | null;
  /** Its own result can be read: `when` of its edges. */
  readsItself: boolean;
  /** `error` is the failure of the attempt. */
  ownError: boolean;
  /** A text without an expression in it would always hold. */
  isCondition: boolean;
  nodeId?: string;
  edgeIndex?: number;
}

export const NODE_LIMITS = ["concurrency", "rateLimit", "throttle", "debounce"] as const;

type Placing = Partial<Omit<ExpressionPlace, "path" | "value">>;

/** Every place of a node that holds expressions. */
export function placesOfNode(scope: WorkflowScope, node: WorkflowNode, index: number): ExpressionPlace[] {
  const around = scope.ofNode(node);
  const place = (field: string, value: unknown, more: Placing = {}): ExpressionPlace[] =>
    value === undefined ? [] : [{ ...PLAIN, path: `/nodes/${index}/${field}`, value, around, reader: node, nodeId: node.id, ...more }];
  return [
    ...place("skipIf", node.skipIf, { isCondition: true }),
    ...place("cache/key", node.cache?.key),
    ...NODE_LIMITS.flatMap((name) => place(`${name}/key`, node[name]?.key)),
    ...place("retry/retryIf", retryExpression(node), { extraNames: ["attempt"], ownError: true }),
    ...configPlaces(scope, node, place),
  ];
}

export function placeOfEdge(scope: WorkflowScope, edge: WorkflowEdge, index: number): ExpressionPlace[] {
  const from = scope.node(edge.from);
  if (edge.when === undefined || from === undefined) return [];
  return [{ ...PLAIN, path: `/edges/${index}/when`, value: edge.when, around: scope.ofNode(from), reader: from, readsItself: true, isCondition: true, nodeId: from.id, edgeIndex: index }];
}

export function placeOfRun(scope: WorkflowScope, path: string, value: unknown): ExpressionPlace[] {
  return value === undefined ? [] : [{ ...PLAIN, path, value, around: scope.ofRun() }];
}

const PLAIN = { extraNames: [], compile: {}, reader: null, readsItself: false, ownError: false, isCondition: false } as const;

/** `retryIf` is an expression; braces around it are allowed. */
function retryExpression({ retry }: WorkflowNode): string | undefined {
  const text = retry?.retryIf;
  return text === undefined || text.includes("{{") ? text : `{{ ${text} }}`;
}

type PlaceOf = (field: string, value: unknown, more?: Placing) => ExpressionPlace[];

function configPlaces(scope: WorkflowScope, node: WorkflowNode, place: PlaceOf): ExpressionPlace[] {
  const spec = findKind(node.kind);
  if (spec === null) return place("config", node.config, { compile: { isSecretField: () => true } });
  // Made only for containers: it copies what is visible.
  const inside = () => scope.inside(node);
  const later = (fields: readonly string[] | undefined, more: (field: string) => Placing): ExpressionPlace[] =>
    (fields ?? []).flatMap((field) => place(`config${field}`, valueAt(node.config, field), { isCondition: isCondition(spec, field), ...more(field) }));
  return [
    ...mainPlaces(spec, node, place),
    ...later(Object.keys(spec.deferredFields ?? {}), (field) => ({ extraNames: spec.deferredFields?.[field] ?? [] })),
    ...later(spec.innerFields, () => ({ around: inside(), reader: null })),
    ...later(spec.iterationFields, () => ({ around: inside(), reader: null })),
    ...later(spec.repeatedFields, () => ({ around: { ...inside(), visible: scope.ofNode(node).visible } })),
  ];
}

/** The config evaluated when the node begins. */
function mainPlaces(spec: KindSpec<unknown>, node: WorkflowNode, place: PlaceOf): ExpressionPlace[] {
  const conditions = (spec.conditionFields ?? []).filter((field) => !laterFieldsOf(spec).includes(field));
  const verbatim = [...rawFieldsOf(spec), ...laterFieldsOf(spec), ...conditions];
  const compile: CompileOptions = {
    isVerbatim: (pointer) => isWithinAny(verbatim, pointer),
    isSecretField: (pointer) => isWithinAny(spec.secretFields, pointer),
  };
  return [
    ...place("config", node.config, { compile }),
    ...conditions.flatMap((field) => place(`config${field}`, valueAt(node.config, field), { isCondition: true })),
  ];
}

function isCondition(spec: KindSpec<unknown>, field: string): boolean {
  return spec.conditionFields?.includes(field) ?? false;
}

function valueAt(config: unknown, pointer: string): unknown {
  return pointer
    .slice(1)
    .split("/")
    .reduce<unknown>((value, key) => (typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined), config);
}

