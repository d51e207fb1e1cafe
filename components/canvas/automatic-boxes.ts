import * as dagre from "@dagrejs/dagre";
import type { Box, Point, Size } from "./geometry";
import type { GraphEdge } from "./read-graph";

/** What a `+` below a port takes up. */
export const ADD_SPACE = 30;
/** Holds the `+` of ports, below them the turns of links, and at the end their arrows; the tools of a step cover only the latter. */
export const ROW_GAP = 72;
const SPACING = { nodesep: 36, ranksep: ROW_GAP, rankalign: "top" } as const;

/** The nodes of one slot, as the automatic layout sees them. */
export interface Sketch {
  nodes: readonly (Size & { id: string; ports: readonly string[] })[];
  /** Edges among them. */
  edges: readonly Pick<GraphEdge, "from" | "port" | "to">[];
}

export interface Arranged {
  boxes: ReadonlyMap<string, Box>;
  /** Tops of the rows that an edge passes, in the order of the edges. */
  passages: readonly Point[][];
}

/** Lays nodes out from top to bottom, in rows. */
export function arrange({ nodes, edges }: Sketch): Arranged {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", ...SPACING });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to, port } of edges) graph.setEdge(from, to, {}, port);
  dagre.layout(graph, { constraints: portOrder({ nodes, edges }) });
  const boxes = new Map<string, Box>();
  for (const { id } of nodes) {
    const { x, y, width, height } = graph.node(id) as Box;
    boxes.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2), width, height });
  }
  const rows = new Set([...boxes.values()].map((box) => box.y));
  const passages = edges.map(({ from, to, port }) => {
    const { points = [] } = graph.edge(from, to, port) as { points?: Point[] };
    const rounded = points.slice(1, -1).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
    return rounded.filter(({ y }) => rows.has(y));
  });
  return { boxes, passages };
}

/** What hangs on the first port of a branch stands left of what hangs on the next. */
function portOrder({ nodes, edges }: Sketch): { left: string; right: string }[] {
  const timesEntered = new Map<string, number>();
  for (const { to } of edges) timesEntered.set(to, (timesEntered.get(to) ?? 0) + 1);
  const leaving = new Map<string, Sketch["edges"][number][]>();
  for (const edge of edges) if (timesEntered.get(edge.to) === 1) leaving.set(edge.from, [...(leaving.get(edge.from) ?? []), edge]);
  return nodes.flatMap(({ id, ports }) => {
    const targets = (leaving.get(id) ?? []).toSorted((one, other) => ports.indexOf(one.port) - ports.indexOf(other.port)).map(({ to }) => to);
    return targets.slice(1).map((right, index) => ({ left: targets[index]!, right }));
  });
}

/** Layouts that were found before, by slot: most edits change none of them. */
export class ArrangementMemory {
  readonly #known = new Map<string, { signature: string; arranged: Arranged }>();

  arrange(key: string, sketch: Sketch): Arranged {
    const signature = JSON.stringify(sketch);
    const known = this.#known.get(key);
    if (known?.signature === signature) return known.arranged;
    const arranged = arrange(sketch);
    this.#known.set(key, { signature, arranged });
    return arranged;
  }
}
