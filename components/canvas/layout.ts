import * as dagre from "@dagrejs/dagre";
import type { Graph, GraphNode } from "./read-graph";
import { portsOf, slotsOf, type KindShapes } from "./shapes";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Layout {
  /** Boxes of nodes, relative to their slot. */
  nodes: Map<string, Box>;
  /** Where edges that pass by other nodes go through, by edge index, relative to their slot: tops of the rows they pass. */
  passages: Map<number, Point[]>;
  /** Boxes of slots (`container:slot`), relative to their container. */
  slots: Map<string, Box>;
}

export const STEP = { width: 232, height: 60 } as const;
/** Strip at the bottom of a node with several output ports. */
export const PORT_ROW = 22;
export const FRAME = { header: 46, padding: 14, slotLabel: 28, slotGap: 14, minWidth: 200, minHeight: 72, headerWidth: 330 } as const;
export const ROW_GAP = 54;
const SPACING = { nodesep: 36, ranksep: ROW_GAP, rankalign: "top" } as const;

export function slotId(container: string, slot: string): string {
  return `${container}:${slot}`;
}

/**
 * Places every node: inner slots first, because a frame is as large as what it holds. A slot whose nodes were given
 * distinct positions keeps them; any other is laid out from top to bottom.
 */
export function layOut(graph: Graph, shapes: KindShapes): Layout {
  const layout: Layout = { nodes: new Map(), passages: new Map(), slots: new Map() };
  const inside = childrenBySlot(graph);
  placeSlot("", layout, { graph, shapes, inside });
  return layout;
}

interface Source {
  graph: Graph;
  shapes: KindShapes;
  inside: ReadonlyMap<string, GraphNode[]>;
}

function childrenBySlot(graph: Graph): Map<string, GraphNode[]> {
  const inside = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const key = node.parent === null ? "" : slotId(node.parent.id, node.parent.slot);
    inside.set(key, [...(inside.get(key) ?? []), node]);
  }
  return inside;
}

/** Places the nodes of one slot and answers its content's size. */
function placeSlot(key: string, layout: Layout, source: Source): { width: number; height: number } {
  const nodes = source.inside.get(key) ?? [];
  const sizes = new Map(nodes.map((node) => [node.id, measure(node, layout, source)]));
  const boxes = hasManualPositions(nodes, key === "") ? manualBoxes(nodes, sizes, key === "") : automaticBoxes(nodes, sizes, source, layout.passages);
  let width = 0;
  let height = 0;
  for (const [id, box] of boxes) {
    layout.nodes.set(id, box);
    width = Math.max(width, box.x + box.width);
    height = Math.max(height, box.y + box.height);
  }
  return { width, height };
}

/** What hangs on the first port of a branch stands left of what hangs on the next. */
function portOrder(nodes: readonly GraphNode[], edges: Graph["edges"], { graph, shapes }: Source): { left: string; right: string }[] {
  const timesEntered = new Map<string, number>();
  for (const { to } of edges) timesEntered.set(to, (timesEntered.get(to) ?? 0) + 1);
  return nodes.flatMap((node) => {
    const ports = portsOf(node, graph, shapes);
    const targets = edges
      .filter(({ from, to }) => from === node.id && timesEntered.get(to) === 1)
      .sort((one, other) => ports.indexOf(one.port) - ports.indexOf(other.port))
      .map(({ to }) => to);
    return targets.slice(1).map((right, index) => ({ left: targets[index]!, right }));
  });
}

type Size = Pick<Box, "width" | "height">;

function measure(node: GraphNode, layout: Layout, source: Source): Size {
  const portRow = portsOf(node, source.graph, source.shapes).length > 1 ? PORT_ROW : 0;
  const slots = slotsOf(node, source.graph, source.shapes);
  if (slots === null) return { width: STEP.width, height: STEP.height + portRow };
  let x: number = FRAME.padding;
  let tallest: number = FRAME.minHeight;
  const contents = slots.map((slot) => ({ slot, size: placeSlot(slotId(node.id, slot), layout, source) }));
  for (const { size } of contents) tallest = Math.max(tallest, size.height);
  const height = FRAME.slotLabel + tallest + FRAME.padding;
  const widths = contents.map(({ size }) => Math.max(FRAME.minWidth, size.width + 2 * FRAME.padding));
  const missing = FRAME.headerWidth - widths.reduce((sum, width) => sum + width + FRAME.slotGap, 2 * FRAME.padding - FRAME.slotGap);
  for (const [index, { slot, size }] of contents.entries()) {
    const width = widths[index]! + Math.max(0, Math.ceil(missing / contents.length));
    layout.slots.set(slotId(node.id, slot), { x, y: FRAME.header, width, height });
    shiftContent(slotId(node.id, slot), Math.round((width - size.width) / 2), layout, source);
    x += width + FRAME.slotGap;
  }
  return { width: x - FRAME.slotGap + FRAME.padding, height: FRAME.header + height + FRAME.padding + portRow };
}

/** Centres a slot's content below its label. */
function shiftContent(key: string, right: number, layout: Layout, source: Source): void {
  for (const { id } of source.inside.get(key) ?? []) {
    const box = layout.nodes.get(id);
    if (box !== undefined) layout.nodes.set(id, { ...box, x: box.x + right, y: box.y + FRAME.slotLabel });
  }
  const ids = new Set((source.inside.get(key) ?? []).map(({ id }) => id));
  for (const { index, from } of source.graph.edges) {
    const points = ids.has(from) ? layout.passages.get(index) : undefined;
    if (points !== undefined) layout.passages.set(index, points.map(({ x, y }) => ({ x: x + right, y: y + FRAME.slotLabel })));
  }
}

function hasManualPositions(nodes: readonly GraphNode[], isOutermost: boolean): boolean {
  const [only] = nodes;
  if (nodes.length < 2) return isOutermost && only?.position != null && (only.position.x !== 0 || only.position.y !== 0);
  const places = nodes.map(({ position }) => (position === null ? null : `${position.x},${position.y}`));
  return !places.includes(null) && new Set(places).size === places.length;
}

/** Given positions; inside of a frame they are moved so that its content begins at its corner. */
function manualBoxes(nodes: readonly GraphNode[], sizes: ReadonlyMap<string, Size>, isOutermost: boolean): Map<string, Box> {
  const points = nodes.map((node) => ({ id: node.id, ...(node.position ?? { x: 0, y: 0 }) }));
  const left = isOutermost ? 0 : Math.min(...points.map(({ x }) => x));
  const top = isOutermost ? 0 : Math.min(...points.map(({ y }) => y));
  return new Map(points.map(({ id, x, y }) => [id, { x: x - left, y: y - top, ...(sizes.get(id) ?? STEP) }]));
}

function automaticBoxes(nodes: readonly GraphNode[], sizes: ReadonlyMap<string, Size>, source: Source, passages: Map<number, Point[]>): Map<string, Box> {
  const sketch = new dagre.graphlib.Graph({ multigraph: true });
  sketch.setGraph({ rankdir: "TB", ...SPACING });
  sketch.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) sketch.setNode(node.id, { ...(sizes.get(node.id) ?? STEP) });
  const inside = source.graph.edges.filter((edge) => edge.from !== edge.to && sizes.has(edge.from) && sizes.has(edge.to));
  for (const edge of inside) sketch.setEdge(edge.from, edge.to, {}, edge.port);
  dagre.layout(sketch, { constraints: portOrder(nodes, inside, source) });
  const boxes = new Map<string, Box>();
  for (const { id } of nodes) {
    const { x, y, width, height } = sketch.node(id) as Box;
    boxes.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2), width, height });
  }
  const rows = new Set([...boxes.values()].map((box) => box.y));
  for (const edge of inside) {
    const { points = [] } = sketch.edge(edge.from, edge.to, edge.port) as { points?: Point[] };
    const rounded = points.slice(1, -1).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
    passages.set(edge.index, rounded.filter(({ y }) => rows.has(y)));
  }
  return boxes;
}
