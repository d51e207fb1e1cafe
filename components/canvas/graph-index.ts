import { slotId } from "./slot-id";
import type { Graph, GraphEdge, GraphNode } from "./read-graph";

/** What is asked of a graph over and over, found once. */
export interface GraphIndex {
  byId: ReadonlyMap<string, GraphNode>;
  /** Edges by the node they leave. */
  leaving: ReadonlyMap<string, GraphEdge[]>;
  entered: ReadonlySet<string>;
  /** Nodes by the slot they lie in (`container:slot`); `""` is the outermost level. */
  inSlot: ReadonlyMap<string, GraphNode[]>;
  /** Nodes by the container they lie in. */
  inside: ReadonlyMap<string, GraphNode[]>;
}

const indexes = new WeakMap<Graph, GraphIndex>();

export function indexOf(graph: Graph): GraphIndex {
  const known = indexes.get(graph);
  if (known !== undefined) return known;
  const index: GraphIndex = {
    byId: new Map(graph.nodes.map((node) => [node.id, node])),
    leaving: grouped(graph.edges, ({ from }) => from),
    entered: new Set(graph.edges.map(({ to }) => to)),
    inSlot: grouped(graph.nodes, ({ parent }) => (parent === null ? "" : slotId(parent.id, parent.slot))),
    inside: grouped(graph.nodes.filter(({ parent }) => parent !== null), ({ parent }) => parent?.id ?? ""),
  };
  indexes.set(graph, index);
  return index;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Everything inside of a container, at any depth. */
export function descendantsOf(id: string, graph: Graph): string[] {
  return (indexOf(graph).inside.get(id) ?? []).flatMap((child) => [child.id, ...descendantsOf(child.id, graph)]);
}

/** The containers around a node, innermost first. */
export function ancestorsOf(id: string, graph: Graph): string[] {
  const { byId } = indexOf(graph);
  const found: string[] = [];
  for (let parent = byId.get(id)?.parent ?? null; parent !== null; parent = byId.get(parent.id)?.parent ?? null) found.push(parent.id);
  return found;
}
