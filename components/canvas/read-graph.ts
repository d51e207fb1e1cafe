import type { AnnotationColor } from "@/server/engine/definition";
import type { Box, Point, Size } from "./geometry";
import { NOTE_LOOKS } from "./note-looks";

/** A definition as the canvas needs it. A draft may be broken in any way: what cannot be drawn is left out. */
export interface GraphNode {
  id: string;
  kind: string;
  name: string;
  parent: { id: string; slot: string } | null;
  config: Record<string, unknown>;
  position: Point | null;
  /** The least size of a frame. */
  size: Size | null;
  isCollapsed: boolean;
  disabled: boolean;
  onError: string | null;
  retries: boolean;
  /** Index in `nodes` of the document, for JSON pointers. */
  index: number;
}

export interface GraphEdge {
  from: string;
  port: string;
  to: string;
  when: string | null;
  index: number;
}

/** A note on the canvas. */
export interface GraphAnnotation {
  id: string;
  text: string;
  box: Box;
  color: AnnotationColor;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  annotations: GraphAnnotation[];
}

export function readGraph(document: unknown): Graph {
  const source = asObject(document);
  const byId = new Map<string, GraphNode>();
  asList(source.nodes).forEach((entry, index) => {
    const node = readNode(entry, index);
    if (node !== null && !byId.has(node.id)) byId.set(node.id, node);
  });
  const unsound = [...byId.values()].filter((node) => node.parent !== null && !hasSoundParents(node, byId));
  for (const node of unsound) byId.set(node.id, { ...node, parent: null });
  const edges = asList(source.edges).flatMap((entry, index) => {
    const edge = readEdge(entry, index);
    return edge !== null && byId.has(edge.from) && byId.has(edge.to) ? [edge] : [];
  });
  return { nodes: [...byId.values()], edges, annotations: readAnnotations(source.annotations) };
}

/** What was read before: definitions are never changed in place, and an edit leaves most of their nodes alone. */
const known = new WeakMap<object, GraphNode>();

function readNode(entry: unknown, index: number): GraphNode | null {
  const before = known.get(asObject(entry));
  if (before?.index === index) return before;
  const node = readNewNode(entry, index);
  if (node !== null) known.set(asObject(entry), node);
  return node;
}

function readNewNode(entry: unknown, index: number): GraphNode | null {
  const { id, kind, name, parent, config, position, size, collapsed, disabled, onError, retry } = asObject(entry);
  if (typeof id !== "string" || id === "" || typeof kind !== "string") return null;
  return {
    id,
    kind,
    name: typeof name === "string" && name.trim() !== "" ? name : id,
    parent: readParent(parent),
    config: asObject(config),
    position: readPosition(position),
    size: readSize(size),
    isCollapsed: collapsed === true,
    disabled: disabled === true,
    onError: typeof onError === "string" ? onError : null,
    retries: typeof retry === "object" && retry !== null,
    index,
  };
}

function readEdge(entry: unknown, index: number): GraphEdge | null {
  const { from, port, to, when } = asObject(entry);
  if (typeof from !== "string" || typeof to !== "string") return null;
  return { from, to, port: typeof port === "string" ? port : "out", when: typeof when === "string" ? when : null, index };
}

function readParent(value: unknown): GraphNode["parent"] {
  const { id, slot } = asObject(value);
  return typeof id === "string" && typeof slot === "string" ? { id, slot } : null;
}

function readPosition(value: unknown): GraphNode["position"] {
  const { x, y } = asObject(value);
  return typeof x === "number" && typeof y === "number" && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

function readSize(value: unknown): GraphNode["size"] {
  const { width, height } = asObject(value);
  return typeof width === "number" && typeof height === "number" && width > 0 && height > 0 && Number.isFinite(width + height) ? { width, height } : null;
}

function readAnnotations(value: unknown): GraphAnnotation[] {
  const byId = new Map<string, GraphAnnotation>();
  for (const entry of asList(value)) {
    const { id, text, position, size, color } = asObject(entry);
    const corner = readPosition(position);
    const extent = readSize(size);
    if (typeof id !== "string" || corner === null || extent === null || byId.has(id)) continue;
    byId.set(id, { id, text: typeof text === "string" ? text : "", box: { ...corner, ...extent }, color: isColor(color) ? color : "yellow" });
  }
  return [...byId.values()];
}

function isColor(value: unknown): value is AnnotationColor {
  return typeof value === "string" && Object.hasOwn(NOTE_LOOKS, value);
}

/** False when an ancestor is missing or the chain of parents runs in a circle. */
function hasSoundParents(node: GraphNode, byId: ReadonlyMap<string, GraphNode>): boolean {
  const seen = new Set<string>();
  for (let current: GraphNode | undefined = node; current !== undefined; ) {
    if (seen.has(current.id)) return false;
    seen.add(current.id);
    if (current.parent === null) return true;
    current = byId.get(current.parent.id);
  }
  return false;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
