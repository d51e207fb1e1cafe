"use client";

import { createContext } from "react";
import type { AnnotationColor } from "@/server/engine/definition";
import type { Size } from "./geometry";

/** What a canvas on which people edit offers at its nodes; null where they only look. Its functions stay the same through all edits. */
export interface CanvasEditing {
  addAfter: (nodeId: string, port: string) => void;
  addInside: (containerId: string, slot: string) => void;
  insertInto: (edgeIndex: number) => void;
  removeEdge: (edgeIndex: number) => void;
  /** The size of a frame or note while its corner is dragged; null ends it. */
  showSize: (nodeId: string, size: Size | null) => void;
  /** Undefined: a frame as large as what it holds. */
  resize: (nodeId: string, size: Size | undefined) => void;
  writeNote: (annotation: string, text: string) => void;
  leaveNote: () => void;
  removeNote: (annotation: string) => void;
  colorNote: (annotation: string, color: AnnotationColor) => void;
}

export const CanvasEditingContext = createContext<CanvasEditing | null>(null);

/** Opens or collapses a frame. */
export const FoldingContext = createContext<((nodeId: string, isCollapsed: boolean) => void) | null>(null);

/** Id of the slot or the edge that would take what is being dragged. */
export const DropTargetContext = createContext<string | null>(null);
