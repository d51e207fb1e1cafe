import type { Edge, Node } from "@xyflow/react";
import { layOut, slotId, type Box, type Layout, type Point } from "./layout";
import { laneOf, type Stop } from "./link-path";
import type { Graph, GraphNode } from "./read-graph";
import { portsOf, slotsOf, type KindShapes } from "./shapes";

export interface StepData extends Record<string, unknown> {
  node: GraphNode;
  title: string;
  icon: string;
  group: string;
  isKnown: boolean;
  ports: string[];
  hasInput: boolean;
}

export interface SlotData extends Record<string, unknown> {
  label: string;
  isEmpty: boolean;
}

export interface LinkData extends Record<string, unknown> {
  port: string;
  when: string | null;
  /** Rows it passes and its target, on the whole canvas. */
  stops: Stop[];
}

export type StepNode = Node<StepData, "step" | "container">;
export type SlotNode = Node<SlotData, "slot">;
export type CanvasNode = StepNode | SlotNode;
export type CanvasEdge = Edge<LinkData>;

export interface Flow {
  nodes: CanvasNode[];
  edges: CanvasEdge[];
}

/** The definition as React Flow draws it: parents before children, each slot a frame of its own inside its container. */
export function projectToFlow(graph: Graph, shapes: KindShapes): Flow {
  const layout = layOut(graph, shapes);
  const targets = new Set(graph.edges.map((edge) => edge.to));
  const nodes: CanvasNode[] = [];
  const add = (node: GraphNode, depth: number) => {
    const box = layout.nodes.get(node.id);
    if (box === undefined) return;
    const slots = slotsOf(node, graph, shapes);
    nodes.push(stepNode(node, box, slots !== null, depth, { graph, shapes, hasInput: targets.has(node.id) }));
    for (const slot of slots ?? []) {
      const children = graph.nodes.filter((child) => child.parent?.id === node.id && child.parent.slot === slot);
      const frame = layout.slots.get(slotId(node.id, slot));
      if (frame === undefined) continue;
      nodes.push(slotNode(node.id, slot, frame, children.length === 0, depth));
      for (const child of children) add(child, depth + 1);
    }
  };
  for (const node of graph.nodes) if (node.parent === null) add(node, 0);
  return { nodes, edges: linksOf(graph, layout) };
}

interface Drawing {
  graph: Graph;
  shapes: KindShapes;
  hasInput: boolean;
}

function stepNode(node: GraphNode, box: Box, isContainer: boolean, depth: number, { graph, shapes, hasInput }: Drawing): StepNode {
  const shape = shapes[node.kind];
  const title = shape?.title ?? node.kind;
  return {
    id: node.id,
    type: isContainer ? "container" : "step",
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    zIndex: depth * 2,
    ...(node.parent === null ? {} : { parentId: slotId(node.parent.id, node.parent.slot) }),
    ariaLabel: `${title}: ${node.name}${node.disabled ? ", disabled" : ""}`,
    data: {
      node,
      title,
      icon: shape?.icon ?? "",
      group: shape?.group ?? "",
      isKnown: shape !== undefined,
      ports: portsOf(node, graph, shapes),
      hasInput,
    },
  };
}

function slotNode(container: string, slot: string, box: Box, isEmpty: boolean, depth: number): SlotNode {
  return {
    id: slotId(container, slot),
    type: "slot",
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    parentId: container,
    zIndex: depth * 2 + 1,
    selectable: false,
    focusable: false,
    data: { label: slot, isEmpty },
  };
}

type Link = Graph["edges"][number];

function linksOf(graph: Graph, layout: Layout): CanvasEdge[] {
  const routes = graph.edges.map((edge) => ({ edge, points: pointsOf(edge, graph, layout) }));
  const rows = new Map<number, Set<number>>();
  for (const { x, y } of routes.flatMap(({ points }) => points)) rows.set(y, (rows.get(y) ?? new Set()).add(x));
  const places = new Map([...rows].map(([y, columns]) => [y, [...columns].sort((one, other) => one - other)]));
  const laneAt = ({ x, y }: Point) => laneOf(places.get(y)?.indexOf(x) ?? 0);
  return routes.map(({ edge, points }) => linkOf(edge, graph, points.map((point) => ({ ...point, lane: laneAt(point) }))));
}

/** Tops of the rows that a link passes, and of its target, on the whole canvas. */
function pointsOf(edge: Link, graph: Graph, layout: Layout): Point[] {
  const origin = originOf(graph.nodes.find((node) => node.id === edge.to)?.parent ?? null, graph, layout);
  const target = layout.nodes.get(edge.to);
  const end = target === undefined ? [] : [{ x: target.x + target.width / 2, y: target.y }];
  return [...(layout.passages.get(edge.index) ?? []), ...end].map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y }));
}

/** Inner edges lie above the frames around them. */
function depthOf(id: string, graph: Graph): number {
  const parent = graph.nodes.find((node) => node.id === id)?.parent ?? null;
  return parent === null ? 0 : depthOf(parent.id, graph) + 1;
}

/** Where a slot lies on the whole canvas. */
function originOf(place: GraphNode["parent"], graph: Graph, layout: Layout): Point {
  if (place === null) return { x: 0, y: 0 };
  const outer = originOf(graph.nodes.find((node) => node.id === place.id)?.parent ?? null, graph, layout);
  const box = layout.nodes.get(place.id);
  const slot = layout.slots.get(slotId(place.id, place.slot));
  return { x: outer.x + (box?.x ?? 0) + (slot?.x ?? 0), y: outer.y + (box?.y ?? 0) + (slot?.y ?? 0) };
}

function linkOf(edge: Link, graph: Graph, stops: Stop[]): CanvasEdge {
  const nameOf = (id: string) => graph.nodes.find((node) => node.id === id)?.name ?? id;
  const port = edge.port === "out" ? "" : ` (${edge.port})`;
  return {
    id: `edge-${edge.index}`,
    type: "link",
    source: edge.from,
    sourceHandle: edge.port,
    target: edge.to,
    zIndex: depthOf(edge.from, graph) * 2,
    selectable: false,
    focusable: false,
    ariaLabel: `From ${nameOf(edge.from)}${port} to ${nameOf(edge.to)}`,
    data: { port: edge.port, when: edge.when, stops },
  };
}
