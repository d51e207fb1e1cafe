"use client";

import { createContext } from "react";

/** What a canvas on which people edit offers at its nodes; null where they only look. */
export interface CanvasEditing {
  addAfter: (nodeId: string, port: string) => void;
  addInside: (containerId: string, slot: string) => void;
  insertInto: (edgeIndex: number) => void;
  /** `node:port` of every port that an edge leaves. */
  usedPorts: ReadonlySet<string>;
}

export const CanvasEditingContext = createContext<CanvasEditing | null>(null);

/** Id of the slot that would take what is being dragged. */
export const DropTargetContext = createContext<string | null>(null);
