import type { Edge, Node } from "@xyflow/react";
import type { Stop } from "./link-path";
import type { GraphAnnotation, GraphNode } from "./read-graph";

/** The shapes that React Flow draws. */
export interface StepData extends Record<string, unknown> {
  node: GraphNode;
  title: string;
  icon: string;
  group: string;
  isKnown: boolean;
  ports: string[];
  /** Ports that no edge leaves. */
  openPorts: string[];
  hasInput: boolean;
  /** What a collapsed frame holds, at any depth; null for a frame that is open, and for steps. */
  hidden: string[] | null;
}

export interface SlotData extends Record<string, unknown> {
  label: string;
  isEmpty: boolean;
}

export interface NoteData extends Record<string, unknown> {
  annotation: GraphAnnotation;
}

export interface LinkData extends Record<string, unknown> {
  /** Its place among the edges of the definition. */
  index: number;
  port: string;
  when: string | null;
  /** Rows it passes and its target, on the whole canvas. */
  stops: Stop[];
}

export type StepNode = Node<StepData, "step" | "container">;
export type SlotNode = Node<SlotData, "slot">;
export type NoteNode = Node<NoteData, "note">;
export type CanvasNode = StepNode | SlotNode | NoteNode;
export type CanvasEdge = Edge<LinkData>;

export interface Flow {
  nodes: CanvasNode[];
  edges: CanvasEdge[];
}

const NOTE_MARK = "#";

/** Notes are drawn among the nodes under names that no node can have. */
export function noteNodeId(annotation: string): string {
  return `${NOTE_MARK}${annotation}`;
}

/** Null for what is no note. */
export function annotationOf(nodeId: string): string | null {
  return nodeId.startsWith(NOTE_MARK) ? nodeId.slice(NOTE_MARK.length) : null;
}
