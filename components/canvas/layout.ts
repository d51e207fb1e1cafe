import { ArrangementMemory } from "./automatic-boxes";
import { boundsOf, type Box, type Point, type Size } from "./geometry";
import { indexOf } from "./graph-index";
import type { Graph, GraphNode } from "./read-graph";
import { separate } from "./separate";
import { portsOf, slotsOf, type KindShapes } from "./shapes";
import { slotId } from "./slot-id";

export interface Layout {
  /** Boxes of nodes, relative to their slot. What lies in a collapsed frame has none. */
  nodes: Map<string, Box>;
  /** Where edges that pass by other nodes go through, by edge index, relative to their slot: tops of the rows they pass. */
  passages: Map<number, Point[]>;
  /** Boxes of slots (`container:slot`), relative to their container. */
  slots: Map<string, Box>;
}

export const STEP = { width: 232, height: 60 } as const;
/** Strip at the bottom of a node with several output ports. */
export const PORT_ROW = 22;
export const FRAME = { header: 46, padding: 14, slotLabel: 28, slotGap: 14, slotFoot: 36, minWidth: 200, minHeight: 72, headerWidth: 330 } as const;

export interface LayoutOptions {
  shapes: KindShapes;
  /** Frames that are drawn collapsed; as the definition says unless given. */
  isCollapsed?: (node: GraphNode) => boolean;
  memory?: ArrangementMemory;
}

interface Source {
  graph: Graph;
  shapes: KindShapes;
  isCollapsed: (node: GraphNode) => boolean;
  memory: ArrangementMemory;
}

/**
 * Places every node: inner slots first, because a frame is as large as what it holds. A slot whose nodes were given
 * distinct positions keeps them; any other is laid out from top to bottom. Siblings never lie on each other.
 */
export function layOut(graph: Graph, { shapes, isCollapsed = (node) => node.isCollapsed, memory = new ArrangementMemory() }: LayoutOptions): Layout {
  const layout: Layout = { nodes: new Map(), passages: new Map(), slots: new Map() };
  placeSlot("", layout, { graph, shapes, isCollapsed, memory });
  return layout;
}

/** Places the nodes of one slot and answers its content's size. */
function placeSlot(key: string, layout: Layout, source: Source): Size {
  const nodes = indexOf(source.graph).inSlot.get(key) ?? [];
  const sizes = new Map(nodes.map((node) => [node.id, measure(node, layout, source)]));
  const boxes = hasManualPositions(nodes, key === "") ? separate(manualBoxes(nodes, sizes)) : automaticBoxes(key, nodes, sizes, layout, source);
  for (const [id, box] of boxes) layout.nodes.set(id, box);
  const bounds = boundsOf([...boxes.values()]);
  if (bounds === undefined || key === "") return { width: 0, height: 0 };
  return { width: bounds.x + bounds.width, height: bounds.y + bounds.height };
}

function measure(node: GraphNode, layout: Layout, source: Source): Size {
  const ports = portsOf(node, source.graph, source.shapes);
  const portRow = ports.length > 1 ? PORT_ROW : 0;
  const portsWidth = widthOfPorts(ports);
  const slots = slotsOf(node, source.graph, source.shapes);
  if (slots === null) return { width: Math.max(STEP.width, portsWidth), height: STEP.height + portRow };
  if (source.isCollapsed(node)) return { width: Math.max(FRAME.headerWidth, portsWidth), height: FRAME.header + portRow };
  const contents = slots.map((slot) => ({ key: slotId(node.id, slot), size: contentOf(slotId(node.id, slot), node, layout, source) }));
  const tallest = Math.max(FRAME.minHeight, ...contents.map(({ size }) => size.height));
  const around = FRAME.header + FRAME.slotLabel + FRAME.slotFoot + FRAME.padding + portRow;
  const height = Math.max(around + tallest, node.size?.height ?? 0);
  const widths = contents.map(({ size }) => Math.max(FRAME.minWidth, size.width + 2 * FRAME.padding));
  const gaps = 2 * FRAME.padding + (contents.length - 1) * FRAME.slotGap;
  const missing = Math.max(FRAME.headerWidth, portsWidth, node.size?.width ?? 0) - widths.reduce((sum, width) => sum + width, gaps);
  let x: number = FRAME.padding;
  for (const [index, { key, size }] of contents.entries()) {
    const width = widths[index]! + Math.max(0, Math.ceil(missing / contents.length));
    layout.slots.set(key, { x, y: FRAME.header, width, height: height - FRAME.header - FRAME.padding - portRow });
    const isFree = node.size !== null && isArranged(key, source);
    shiftContent(key, { x: isFree ? FRAME.padding : Math.round((width - size.width) / 2), y: FRAME.slotLabel }, layout, source);
    x += width + FRAME.slotGap;
  }
  return { width: x - FRAME.slotGap + FRAME.padding, height };
}

const PORT = { character: 6.5, around: 14, minWidth: 48, maxWidth: STEP.width / 2 } as const;

/** All ports are as wide as the longest name needs, within bounds: a step of many cases is wider than others. */
function widthOfPorts(ports: readonly string[]): number {
  if (ports.length < 2) return 0;
  const longest = Math.max(...ports.map((port) => port.length));
  return Math.ceil(ports.length * Math.min(PORT.maxWidth, Math.max(PORT.minWidth, longest * PORT.character + PORT.around)));
}

/** Places what a slot holds, beginning at its corner. A frame with a size of its own keeps things where they were put in it. */
function contentOf(key: string, container: GraphNode, layout: Layout, source: Source): Size {
  const size = placeSlot(key, layout, source);
  const nodes = indexOf(source.graph).inSlot.get(key) ?? [];
  const bounds = boundsOf(nodes.flatMap(({ id }) => layout.nodes.get(id) ?? []));
  if (bounds === undefined) return size;
  const isFree = container.size !== null && isArranged(key, source);
  const left = isFree ? Math.min(FRAME.padding, bounds.x) : bounds.x;
  const top = isFree ? Math.min(FRAME.slotLabel, bounds.y) : bounds.y;
  shiftContent(key, { x: -left, y: -top }, layout, source);
  return { width: size.width - left, height: size.height - top };
}

function shiftContent(key: string, by: Point, layout: Layout, { graph }: Source): void {
  const { inSlot, leaving } = indexOf(graph);
  for (const { id } of inSlot.get(key) ?? []) {
    const box = layout.nodes.get(id);
    if (box !== undefined) layout.nodes.set(id, { ...box, x: box.x + by.x, y: box.y + by.y });
    for (const { index } of leaving.get(id) ?? []) {
      const points = layout.passages.get(index);
      if (points !== undefined) layout.passages.set(index, points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })));
    }
  }
}

function isArranged(key: string, { graph }: Source): boolean {
  return hasManualPositions(indexOf(graph).inSlot.get(key) ?? [], false);
}

function hasManualPositions(nodes: readonly GraphNode[], isOutermost: boolean): boolean {
  const [only] = nodes;
  if (nodes.length < 2) return isOutermost && only?.position != null && (only.position.x !== 0 || only.position.y !== 0);
  const places = nodes.map(({ position }) => (position === null ? null : `${position.x},${position.y}`));
  return !places.includes(null) && new Set(places).size > 1;
}

function manualBoxes(nodes: readonly GraphNode[], sizes: ReadonlyMap<string, Size>): Map<string, Box> {
  return new Map(nodes.map(({ id, position }) => [id, { ...(position ?? { x: 0, y: 0 }), ...(sizes.get(id) ?? STEP) }]));
}

function automaticBoxes(key: string, nodes: readonly GraphNode[], sizes: ReadonlyMap<string, Size>, layout: Layout, { graph, shapes, memory }: Source): ReadonlyMap<string, Box> {
  const { leaving } = indexOf(graph);
  const edges = nodes.flatMap(({ id }) => leaving.get(id) ?? []).filter(({ from, to }) => from !== to && sizes.has(to));
  const inOrder = edges.toSorted((one, other) => one.index - other.index);
  const { boxes, passages } = memory.arrange(key, {
    nodes: nodes.map((node) => ({ id: node.id, ...(sizes.get(node.id) ?? STEP), ports: portsOf(node, graph, shapes) })),
    edges: inOrder.map(({ from, port, to }) => ({ from, port, to })),
  });
  for (const [place, edge] of inOrder.entries()) layout.passages.set(edge.index, passages[place]!);
  return boxes;
}
