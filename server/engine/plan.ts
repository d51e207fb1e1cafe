import { containerConfigSchemas, isContainerKind, joinConfigSchema, type ContainerKind, type ControlKind, type Definition, type RetryPolicy, type WorkflowNode } from "./definition";

/**
 * A definition prepared for deciding: adjacency by index, in-degrees, slots with their starts and sinks. Immutable, made
 * once per version and shared by all its runs. `plan` expects a definition that `validate` found no error in.
 */
export interface Plan {
  nodes: Readonly<Record<string, PlanNode>>;
  /** By slot key: `` for the run's own level, `container:slot` below. */
  slots: Readonly<Record<string, PlanSlot>>;
  timeoutSeconds: number | null;
  maxParallel: number;
}

export interface PlanNode {
  id: string;
  kind: string;
  role: "task" | "trigger" | ContainerKind | ControlKind;
  slotKey: string;
  /** Enclosing container, or null at the run's level. */
  parent: string | null;
  disabled: boolean;
  out: readonly PlanEdge[];
  inCount: number;
  onError: "fail" | "continue" | "route";
  retry: RetryPolicy | null;
  join: JoinPlan | null;
  loop: LoopPlan | null;
  /** Slot names of a container that hold at least one node. */
  slotNames: readonly string[];
  finallyGraceSeconds: number;
  node: WorkflowNode;
}

export interface PlanEdge {
  to: string;
  port: string;
  when: string | null;
}

export interface PlanSlot {
  key: string;
  nodes: readonly string[];
  starts: readonly string[];
  /** Nodes without outgoing edges, in definition order. */
  sinks: readonly string[];
}

export interface JoinPlan {
  /** Taken edges needed to fire; `all` needs every one. */
  needed: number;
  all: boolean;
  /** Nodes whose every path leads only to this join: cancelled once it fires. */
  cancels: readonly string[];
}

export interface LoopPlan {
  parallelLimit: number;
  continueOnItemError: boolean;
  maxIterations: number;
}

export interface PlanOptions {
  /** Keep only what leads to this node, and it. */
  untilNode?: string;
}

export const DEFAULT_MAX_PARALLEL = 1_000;
export const DEFAULT_FINALLY_GRACE_SECONDS = 60;

export function slotKeyOf(parent: { id: string; slot: string } | undefined): string {
  return parent === undefined ? "" : `${parent.id}:${parent.slot}`;
}

export function plan(definition: Definition, options: PlanOptions = {}): Plan {
  const kept = options.untilNode === undefined ? null : leadingTo(definition, options.untilNode);
  const list = kept === null ? definition.nodes : definition.nodes.filter((node) => kept.has(node.id));
  const nodes = new Map<string, Mutable>();
  for (const node of list) nodes.set(node.id, draftNode(node));
  for (const edge of definition.edges) {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    if (from === undefined || to === undefined) continue;
    from.out.push({ to: edge.to, port: edge.port, when: edge.when ?? null });
    to.inCount += 1;
  }
  const slots = collectSlots([...nodes.values()]);
  for (const node of nodes.values()) {
    node.slotNames = slotNamesOf(node, slots);
    node.join = node.role === "join" ? joinPlan(node, slots[node.slotKey], nodes) : null;
  }
  return {
    nodes: Object.fromEntries(nodes),
    slots,
    timeoutSeconds: definition.settings.timeoutSeconds ?? null,
    maxParallel: definition.settings.maxParallel ?? DEFAULT_MAX_PARALLEL,
  };
}

type Mutable = { -readonly [K in keyof PlanNode]: PlanNode[K] } & { out: PlanEdge[] };

function draftNode(node: WorkflowNode): Mutable {
  return {
    id: node.id,
    kind: node.kind,
    role: roleOf(node.kind),
    slotKey: slotKeyOf(node.parent),
    parent: node.parent?.id ?? null,
    disabled: node.disabled === true,
    out: [],
    inCount: 0,
    onError: node.onError ?? "fail",
    retry: node.retry ?? null,
    join: null,
    loop: loopPlan(node),
    slotNames: [],
    finallyGraceSeconds: node.kind === "tryCatch" ? graceSeconds(node) : DEFAULT_FINALLY_GRACE_SECONDS,
    node,
  };
}

function roleOf(kind: string): PlanNode["role"] {
  if (isContainerKind(kind)) return kind;
  if (kind === "join" || kind === "stop" || kind === "break" || kind === "continue") return kind;
  return kind.startsWith("trigger.") ? "trigger" : "task";
}

function graceSeconds(node: WorkflowNode): number {
  const config = containerConfigSchemas.tryCatch.safeParse(node.config);
  return config.success ? config.data.finallyGraceSeconds : DEFAULT_FINALLY_GRACE_SECONDS;
}

function loopPlan(node: WorkflowNode): LoopPlan | null {
  if (node.kind === "forEach") {
    const { mode, limit, continueOnItemError } = containerConfigSchemas.forEach.parse(node.config);
    return { parallelLimit: mode === "parallel" ? limit : 1, continueOnItemError, maxIterations: Number.MAX_SAFE_INTEGER };
  }
  if (node.kind === "while") {
    const { maxIterations } = containerConfigSchemas.while.parse(node.config);
    return { parallelLimit: 1, continueOnItemError: false, maxIterations };
  }
  return null;
}

function collectSlots(nodes: Mutable[]): Record<string, PlanSlot> {
  const slots: Record<string, { key: string; nodes: string[]; starts: string[]; sinks: string[] }> = {};
  slots[""] = { key: "", nodes: [], starts: [], sinks: [] };
  for (const node of nodes) {
    const slot = (slots[node.slotKey] ??= { key: node.slotKey, nodes: [], starts: [], sinks: [] });
    slot.nodes.push(node.id);
    if (node.inCount === 0) slot.starts.push(node.id);
    if (node.out.length === 0) slot.sinks.push(node.id);
  }
  return slots;
}

const SLOT_ORDER: Record<string, number> = { body: 0, then: 0, catch: 1, else: 1, finally: 2 };

function slotNamesOf(node: Mutable, slots: Record<string, PlanSlot>): string[] {
  if (!isContainerKind(node.kind)) return [];
  const prefix = `${node.id}:`;
  const names = Object.keys(slots).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return names.sort((a, b) => (SLOT_ORDER[a] ?? 0) - (SLOT_ORDER[b] ?? 0) || (a < b ? -1 : 1));
}

function joinPlan(node: Mutable, slot: PlanSlot | undefined, nodes: Map<string, Mutable>): JoinPlan {
  const config = joinConfigSchema.parse(node.node.config);
  const all = config.mode === "all";
  const needed = all ? node.inCount : config.mode === "any" ? 1 : (config.n ?? 1);
  const cancels = !all && config.cancelOthers && slot !== undefined ? onlyLeadingTo(node.id, slot, nodes) : [];
  return { needed, all, cancels };
}

/** Nodes of the slot that have outgoing edges and whose every path ends in `join`. */
function onlyLeadingTo(join: string, slot: PlanSlot, nodes: Map<string, Mutable>): string[] {
  const verdict = new Map<string, boolean>([[join, true]]);
  const stack = [...slot.nodes];
  while (stack.length > 0) {
    const id = stack[stack.length - 1];
    const targets = (id === undefined ? [] : (nodes.get(id)?.out ?? [])).map((edge) => edge.to);
    if (id === undefined || verdict.has(id)) {
      stack.pop();
      continue;
    }
    const open = targets.filter((to) => !verdict.has(to));
    if (open.length > 0) {
      stack.push(...open);
      continue;
    }
    verdict.set(id, targets.length > 0 && targets.every((to) => verdict.get(to) === true));
    stack.pop();
  }
  return slot.nodes.filter((id) => id !== join && verdict.get(id) === true);
}

/** The node, what leads to it, and all enclosing containers with what leads to them; containers met on the way keep their content. */
function leadingTo(definition: Definition, target: string): Set<string> {
  const byId = new Map(definition.nodes.map((node) => [node.id, node]));
  const sources = new Map<string, string[]>();
  for (const edge of definition.edges) sources.set(edge.to, [...(sources.get(edge.to) ?? []), edge.from]);
  const kept = new Set<string>();
  const whole: string[] = [];
  const walk = (start: string, isAncestor: boolean): void => {
    const stack = [start];
    while (stack.length > 0) {
      const id = stack.pop();
      if (id === undefined || kept.has(id)) continue;
      kept.add(id);
      if (!(isAncestor && id === start)) whole.push(id);
      stack.push(...(sources.get(id) ?? []));
    }
  };
  for (let id: string | undefined = target, first = true; id !== undefined; id = byId.get(id)?.parent?.id, first = false) walk(id, !first);
  keepDescendants(definition, kept, new Set(whole));
  return kept;
}

function keepDescendants(definition: Definition, kept: Set<string>, whole: Set<string>): void {
  const byId = new Map(definition.nodes.map((node) => [node.id, node]));
  for (const node of definition.nodes) {
    for (let id = node.parent?.id; id !== undefined; id = byId.get(id)?.parent?.id) if (whole.has(id)) kept.add(node.id);
  }
}
