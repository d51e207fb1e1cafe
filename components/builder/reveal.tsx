"use client";

import { useReactFlow, useStore } from "@xyflow/react";
import { useEffect } from "react";

const MARGIN = 24;
const PATIENCE_FRAMES = 120;

export interface RevealProps {
  /** Node to bring into view and to focus; a new object does it again. */
  revealed: { id: string } | null;
  /** The one selected node: it stays in view when the panel beside the canvas opens. */
  selected: string | null;
}

/** Moves the view no further than it takes to see a node. */
export function Reveal({ revealed, selected }: RevealProps) {
  const { getInternalNode, getViewport, setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  useEffect(() => {
    const id = revealed?.id ?? null;
    if (id === null) return;
    let frame = 0;
    // The canvas takes in the edit in the frame after this one; what is out of view is drawn only when the view has moved there.
    const seek = (left: number) => {
      frame = requestAnimationFrame(() => {
        const node = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
        if (node !== null) node.focus({ preventScroll: true });
        else if (left > 0) seek(left - 1);
      });
    };
    seek(PATIENCE_FRAMES);
    return () => cancelAnimationFrame(frame);
  }, [revealed]);
  const wanted = selected ?? revealed?.id ?? null;
  useEffect(() => {
    if (wanted === null) return;
    const frame = requestAnimationFrame(() => {
      const node = getInternalNode(wanted);
      if (node === undefined) return;
      const { x, y, zoom } = getViewport();
      const { positionAbsolute } = node.internals;
      const right = shiftInto(positionAbsolute.x * zoom + x, (node.width ?? 0) * zoom, width);
      const down = shiftInto(positionAbsolute.y * zoom + y, (node.height ?? 0) * zoom, height);
      if (right !== 0 || down !== 0) void setViewport({ x: x + right, y: y + down, zoom }, { duration: 200 });
    });
    return () => cancelAnimationFrame(frame);
  }, [wanted, revealed, width, height, getInternalNode, getViewport, setViewport]);
  return null;
}

/** How far a stretch must move to lie inside of the view; its beginning counts when it is too long. */
function shiftInto(start: number, length: number, view: number): number {
  if (start < MARGIN || length > view - 2 * MARGIN) return MARGIN - start;
  return Math.min(0, view - MARGIN - (start + length));
}
