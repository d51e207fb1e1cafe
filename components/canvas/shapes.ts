import { indexOf } from "./graph-index";
import type { Graph, GraphNode } from "./read-graph";

/** What the canvas asks of a node kind; the catalog of kinds fits. */
export interface KindShape {
  title: string;
  icon: string;
  group: string;
  ports(config: Record<string, unknown>): string[];
  slots?(config: Record<string, unknown>): string[];
}

export type KindShapes = Readonly<Record<string, KindShape | undefined>>;

/** Output ports in order: those of the kind, `error` when errors are routed, and any other that an edge names. */
export function portsOf(node: GraphNode, graph: Graph, shapes: KindShapes): string[] {
  const own = remembered(portMemory, node, shapes, () => shapeList(() => shapes[node.kind]?.ports(node.config), ["out"]));
  const used = (indexOf(graph).leaving.get(node.id) ?? []).map(({ port }) => port);
  return [...new Set([...own, ...(node.onError === "route" ? ["error"] : []), ...used])];
}

/** Slots in order: those of the kind for this config, and any other that a child names. Null: not a container. */
export function slotsOf(node: GraphNode, graph: Graph, shapes: KindShapes): string[] | null {
  const shape = shapes[node.kind];
  const used = (indexOf(graph).inside.get(node.id) ?? []).map((child) => child.parent?.slot ?? "");
  if (shape?.slots === undefined && used.length === 0) return null;
  const own = remembered(slotMemory, node, shapes, () => shapeList(() => shape?.slots?.(node.config), []));
  const slots = [...new Set([...own, ...used])];
  return slots.length === 0 ? ["body"] : slots;
}

type Memory = WeakMap<GraphNode, { shapes: KindShapes; list: string[] }>;
const portMemory: Memory = new WeakMap();
const slotMemory: Memory = new WeakMap();

/** A kind may have to check a whole config for its answer; a node that has not changed is asked once. */
function remembered(memory: Memory, node: GraphNode, shapes: KindShapes, read: () => string[]): string[] {
  const known = memory.get(node);
  if (known?.shapes === shapes) return known.list;
  const list = read();
  memory.set(node, { shapes, list });
  return list;
}

/** A draft's config may have any shape; a kind that cannot read it has its plain form. */
function shapeList(read: () => string[] | undefined, plain: string[]): string[] {
  try {
    return read() ?? plain;
  } catch {
    return plain;
  }
}
