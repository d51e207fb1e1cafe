import { nameOfEdge } from "./canvas-names";
import type { CanvasEdge } from "./flow";
import { plus, type Point } from "./geometry";
import { ancestorsOf, indexOf } from "./graph-index";
import type { Layout } from "./layout";
import { laneOf } from "./link-path";
import type { Graph, GraphEdge, GraphNode } from "./read-graph";
import { slotId } from "./slot-id";

/** Edges between what is drawn, with the way each takes. */
export function projectLinks(graph: Graph, layout: Layout): CanvasEdge[] {
  const drawn = graph.edges.filter(({ from, to }) => layout.nodes.has(from) && layout.nodes.has(to));
  const routes = drawn.map((edge) => ({ edge, points: pointsOf(edge, graph, layout) }));
  const columns = new Map<number, Set<number>>();
  for (const { x, y } of routes.flatMap(({ points }) => points)) columns.set(y, (columns.get(y) ?? new Set()).add(x));
  const lanes = new Map([...columns].map(([y, xs]) => [y, [...xs].sort((one, other) => one - other)]));
  const laneAt = ({ x, y }: Point) => laneOf(lanes.get(y)?.indexOf(x) ?? 0);
  return routes.map(({ edge, points }) => ({
    id: `edge-${edge.index}`,
    type: "link",
    source: edge.from,
    sourceHandle: edge.port,
    target: edge.to,
    // Inner edges lie above the frames around them.
    zIndex: ancestorsOf(edge.from, graph).length * 2,
    selectable: false,
    focusable: false,
    ariaLabel: nameOfEdge(edge, graph),
    data: { index: edge.index, port: edge.port, when: edge.when, stops: points.map((point) => ({ ...point, lane: laneAt(point) })) },
  }));
}

/** Tops of the rows that an edge passes, and of its target, on the whole canvas. */
function pointsOf(edge: GraphEdge, graph: Graph, layout: Layout): Point[] {
  const origin = originOf(indexOf(graph).byId.get(edge.to)?.parent ?? null, graph, layout);
  const target = layout.nodes.get(edge.to);
  const end = target === undefined ? [] : [{ x: target.x + target.width / 2, y: target.y }];
  return [...(layout.passages.get(edge.index) ?? []), ...end].map((point) => plus(point, origin));
}

/** Where a slot lies on the whole canvas. */
function originOf(place: GraphNode["parent"], graph: Graph, layout: Layout): Point {
  if (place === null) return { x: 0, y: 0 };
  const outer = originOf(indexOf(graph).byId.get(place.id)?.parent ?? null, graph, layout);
  return [layout.nodes.get(place.id), layout.slots.get(slotId(place.id, place.slot))].reduce<Point>((point, box) => (box === undefined ? point : plus(point, box)), outer);
}
