"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import type { CanvasEditing } from "@/components/canvas/editing";
import type { Size } from "@/components/canvas/geometry";
import type { BuilderActions } from "./builder-actions";
import type { Opened } from "./builder-dialogs";
import type { Place } from "./insert-node";

interface EditingSource {
  actions: BuilderActions;
  fold: (nodeId: string, isCollapsed: boolean) => void;
  open: (opened: Opened) => void;
}

/** What nodes and edges on the canvas can ask for. The functions stay the same, so that an edit draws no node anew by them. */
export function useCanvasEditing(source: EditingSource): { editing: CanvasEditing; fold: EditingSource["fold"]; sized: ReadonlyMap<string, Size> } {
  const [sized, setSized] = useState<ReadonlyMap<string, Size>>(NONE);
  const latest = useRef(source);
  useEffect(() => {
    latest.current = source;
  });
  const stable = useMemo(() => {
    const addAt = (place: Place) => latest.current.open({ dialog: "add", places: [{ label: "Here", place }] });
    const editing: CanvasEditing = {
      addAfter: (from, port) => addAt({ at: "port", from, port }),
      addInside: (id, slot) => addAt({ at: "free", parent: { id, slot } }),
      insertInto: (index) => addAt({ at: "edge", index }),
      showSize: (id, size) => setSized(size === null ? NONE : new Map([[id, size]])),
      resize: (id, size) => latest.current.actions.resize(id, size),
      writeNote: (annotation, text) => latest.current.actions.writeNote(annotation, text),
      leaveNote: () => latest.current.actions.leaveNote(),
      removeEdge: (index) => latest.current.actions.removeEdge(index),
      removeNote: (annotation) => latest.current.actions.removeNote(annotation),
      colorNote: (annotation, color) => latest.current.actions.colorNote(annotation, color),
    };
    return { editing, fold: (id: string, isCollapsed: boolean) => latest.current.fold(id, isCollapsed) };
  }, []);
  return { ...stable, sized };
}

const NONE: ReadonlyMap<string, Size> = new Map();
