"use client";

import { useReactFlow } from "@xyflow/react";
import { useContext, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { CanvasEditingContext } from "./editing";
import type { Size } from "./geometry";

const STEP_BY = 20;

export interface ResizeGripProps {
  nodeId: string;
  name: string;
  size: Size;
  least: Size;
  /** Only what is selected can be reached by Tab. */
  isSelected: boolean;
  /** A frame can go back to the size of what it holds. */
  canFit?: boolean;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The corner by which a frame or a note is made larger, with the pointer or the arrow keys. */
export function ResizeGrip({ nodeId, name, size, least, isSelected, canFit = false }: ResizeGripProps) {
  const editing = useContext(CanvasEditingContext);
  const { getZoom } = useReactFlow();
  const begun = useRef<{ x: number; y: number; size: Size } | null>(null);
  if (editing === null) return null;
  const bounded = ({ width, height }: Size): Size => ({ width: Math.max(least.width, Math.round(width / 10) * 10), height: Math.max(least.height, Math.round(height / 10) * 10) });
  const sizeAt = (event: PointerEvent): Size | null => {
    const start = begun.current;
    if (start === null) return null;
    return bounded({ width: start.size.width + (event.clientX - start.x) / getZoom(), height: start.size.height + (event.clientY - start.y) / getZoom() });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) editing.resize(nodeId, bounded({ width: size.width + arrow[0] * STEP_BY, height: size.height + arrow[1] * STEP_BY }));
    else if (event.key === "Escape" || event.key === "Enter") event.currentTarget.closest<HTMLElement>(".react-flow__node")?.focus();
    else if (canFit && (event.key === "Delete" || event.key === "Backspace")) editing.resize(nodeId, undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      data-resize-grip
      tabIndex={isSelected ? 0 : -1}
      aria-label={`Resize ${name}`}
      title={canFit ? "Drag to resize; double-click to fit what it holds" : "Drag to resize"}
      className="nodrag nopan absolute -right-0.5 -bottom-0.5 z-10 size-4 cursor-nwse-resize touch-none rounded-br-lg border-r-3 border-b-3 border-muted-foreground/40 hover:border-primary focus-visible:border-primary focus-visible:outline-2"
      onKeyDown={onKeyDown}
      onDoubleClick={() => (canFit ? editing.resize(nodeId, undefined) : undefined)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        begun.current = { x: event.clientX, y: event.clientY, size };
      }}
      onPointerMove={(event) => {
        const next = sizeAt(event);
        if (next !== null) editing.showSize(nodeId, next);
      }}
      onPointerUp={(event) => {
        const next = sizeAt(event);
        const isMoved = begun.current !== null && (Math.abs(event.clientX - begun.current.x) > 2 || Math.abs(event.clientY - begun.current.y) > 2);
        begun.current = null;
        editing.showSize(nodeId, null);
        if (next !== null && isMoved) editing.resize(nodeId, next);
      }}
      onPointerCancel={() => {
        begun.current = null;
        editing.showSize(nodeId, null);
      }}
    />
  );
}
