import { containerConfigSchemas, isContainerKind, type Definition, type WorkflowNode } from "@/server/engine/definition";
import { planPart } from "@/server/engine/part-of-run";
import type { Plan, PlanNode } from "@/server/engine/plan";
import type { RunOptions, WhenFull } from "@/server/engine/ports";
import { compileTemplate, type CompileOptions, type CompileResult } from "@/server/expressions/compile";
import { migrateConfig } from "@/server/nodes/check-config";
import { compileOptionsOf } from "@/server/nodes/config-fields";
import type { KindSpec } from "@/server/nodes/kind";
import type { NodeRunner } from "@/server/nodes/runner";
import { visibleFrom } from "@/server/worker/visibility";

/** Where the worker finds what a node kind means. */
export interface KindSource {
  spec(kind: string): KindSpec<unknown> | undefined;
  runner(kind: string): NodeRunner | undefined;
}

/** A compiled value and the config field (JSON pointer) it stands in. */
export interface Template {
  field: string;
  result: CompileResult;
}

export interface CompiledNode {
  node: WorkflowNode;
  plan: PlanNode;
  spec: KindSpec<unknown> | undefined;
  runner: NodeRunner | undefined;
  /** Its own or that of the closest container that names one; null: the run's. */
  pool: string | null;
  config: Template;
  skipIf: Template | null;
  /** By out edge; null: always taken. */
  whens: readonly (Template | null)[];
  hasWhen: boolean;
  retryIf: Template | null;
  cacheKey: Template | null;
  /** How many steps of the node may run at the same time, in all runs of the workflow. */
  concurrency: { limit: number; key: Template | null; whenFull: WhenFull } | null;
  /** How many may begin over time; null: there is no limit. */
  pace: Pace | null;
  /** Containers: what their own config says, field by field. */
  fields: Readonly<Record<string, Template>>;
  /** Nodes whose values its expressions see, and how many containers up they are. */
  visible: ReadonlyMap<string, number>;
  /** The same from inside a container, for its `result`. */
  visibleInside: ReadonlyMap<string, number>;
}

type Keyed<Setting> = Omit<Setting, "key"> & { key: Template | null };
type Settings = Definition["settings"];

/** What the settings say of how many runs there may be, with their keys compiled. */
export interface Flow {
  concurrency?: Keyed<NonNullable<Settings["concurrency"]>> & { whenFull: WhenFull };
  rateLimit?: Keyed<NonNullable<Settings["rateLimit"]>>;
  throttle?: Keyed<NonNullable<Settings["throttle"]>>;
  debounce?: Keyed<NonNullable<Settings["debounce"]>>;
}

/** The same of one node. */
export interface Pace {
  rateLimit?: Keyed<NonNullable<WorkflowNode["rateLimit"]>>;
  throttle?: Keyed<NonNullable<WorkflowNode["throttle"]>>;
  debounce?: Keyed<NonNullable<WorkflowNode["debounce"]>>;
}

export interface CompiledWorkflow {
  definition: Definition;
  plan: Plan;
  output: Template | null;
  /** Limits on runs of this workflow; null when there are none. */
  flow: Flow | null;
  visibleAtEnd: ReadonlyMap<string, number>;
  /** Some text mentions `vars`, so the run needs a snapshot of them. */
  readsVariables: boolean;
  node(id: string): CompiledNode;
}

export function compileWorkflow(definition: Definition, kinds: KindSource, options: RunOptions = {}): CompiledWorkflow {
  const { definition: effective, plan: planned } = planPart(definition, options);
  const compiled = new Map<string, CompiledNode>();
  const { output, settings } = effective;
  return {
    definition: effective,
    plan: planned,
    output: output === undefined ? null : template("/output", output),
    flow: flowOf(settings),
    visibleAtEnd: new Map((planned.slots[""]?.nodes ?? []).map((id) => [id, 0])),
    readsVariables: /\bvars\b/.test(JSON.stringify(definition)),
    node(id) {
      const known = compiled.get(id);
      if (known !== undefined) return known;
      const node = planned.nodes[id];
      if (node === undefined) throw new Error(`the plan has no node ${id}`);
      const made = compileNode(node, planned, kinds);
      compiled.set(id, made);
      return made;
    },
  };
}

function flowOf({ concurrency, rateLimit, throttle, debounce }: Settings): Flow | null {
  const flow: Flow = {
    ...(concurrency === undefined ? {} : { concurrency: { whenFull: "queue", ...keyed("/settings/concurrency", concurrency) } }),
    ...(rateLimit === undefined ? {} : { rateLimit: keyed("/settings/rateLimit", rateLimit) }),
    ...(throttle === undefined ? {} : { throttle: keyed("/settings/throttle", throttle) }),
    ...(debounce === undefined ? {} : { debounce: keyed("/settings/debounce", debounce) }),
  };
  return Object.keys(flow).length === 0 ? null : flow;
}

function paceOf({ rateLimit, throttle, debounce }: WorkflowNode): Pace | null {
  if (rateLimit === undefined && throttle === undefined && debounce === undefined) return null;
  return {
    ...(rateLimit === undefined ? {} : { rateLimit: keyed("/rateLimit", rateLimit) }),
    ...(throttle === undefined ? {} : { throttle: keyed("/throttle", throttle) }),
    ...(debounce === undefined ? {} : { debounce: keyed("/debounce", debounce) }),
  };
}

function keyed<Setting extends { key?: string | undefined }>(at: string, setting: Setting): Keyed<Setting> {
  return { ...setting, key: setting.key === undefined ? null : template(`${at}/key`, setting.key) };
}

function compileNode(planNode: PlanNode, planned: Plan, kinds: KindSource): CompiledNode {
  const { node } = planNode;
  const spec = kinds.spec(node.kind);
  const config = spec === undefined ? node.config : migrateConfig(spec, node.config, node.kindVersion);
  const whens = planNode.out.map((edge) => (edge.when === null ? null : template("/when", edge.when)));
  const visible = visibleFrom(planned, planNode);
  return {
    node,
    plan: planNode,
    spec,
    runner: kinds.runner(node.kind),
    pool: poolOf(node, planned),
    config: isContainerKind(node.kind) ? template("/config", {}) : template("/config", config, spec === undefined ? {} : compileOptionsOf(spec)),
    skipIf: node.skipIf === undefined ? null : template("/skipIf", node.skipIf),
    whens,
    hasWhen: whens.some((when) => when !== null),
    retryIf: node.retry?.retryIf === undefined ? null : template("/retry/retryIf", expressionText(node.retry.retryIf), { extraNames: ["attempt"] }),
    cacheKey: node.cache === undefined ? null : template("/cache/key", node.cache.key),
    concurrency: node.concurrency === undefined ? null : { whenFull: "queue", ...keyed("/concurrency", node.concurrency) },
    pace: paceOf(node),
    fields: isContainerKind(node.kind) ? containerFields(node.kind, config) : {},
    visible,
    visibleInside: visibleInside(planned, planNode.id, visible),
  };
}

function poolOf(node: WorkflowNode, planned: Plan): string | null {
  for (let at: WorkflowNode | undefined = node; at !== undefined; at = at.parent === undefined ? undefined : planned.nodes[at.parent.id]?.node) {
    if (at.pool !== undefined) return at.pool;
  }
  return null;
}

const EVALUATED = ["condition", "value", "items", "result"];

function containerFields(kind: keyof typeof containerConfigSchemas, config: Record<string, unknown>): Record<string, Template> {
  const fields: Record<string, Template> = {};
  for (const name of EVALUATED) {
    if (config[name] !== undefined) fields[name] = template(`/config/${name}`, config[name]);
  }
  if (kind === "switchCase") {
    const { cases } = containerConfigSchemas.switchCase.parse(config);
    cases.forEach((one, index) => (fields[`case:${one.name}`] = template(`/config/cases/${index}/equals`, one.equals)));
  }
  return fields;
}

function visibleInside(planned: Plan, id: string, visible: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const inside = new Map<string, number>();
  for (const slot of Object.values(planned.slots)) {
    if (slot.key.startsWith(`${id}:`)) for (const child of slot.nodes) inside.set(child, 0);
  }
  for (const [other, level] of visible) inside.set(other, level + 1);
  return inside;
}

function template(field: string, value: unknown, options: CompileOptions = {}): Template {
  return { field, result: compileTemplate(value, options) };
}

/** `retryIf` is an expression and needs no braces. */
function expressionText(text: string): string {
  return text.includes("{{") ? text : `{{ ${text} }}`;
}
