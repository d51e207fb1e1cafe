"use client";

import { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { REDUCED_MOTION } from "@/components/shell/use-media-query";
import type { Box } from "./geometry";
import { revealShift } from "./reveal-shift";

const PATIENCE_FRAMES = 120;
const SETTLED_MILLISECONDS = 600;

export interface RevealProps {
  /** Node to bring into view and to focus; a new object does it again. */
  revealed: { id: string } | null;
  /** The one selected node: it stays in view when the panel beside the canvas opens. */
  selected: string | null;
}

/** Moves the view no further than it takes to see a node, and not back to one that somebody has moved away from. */
export function Reveal({ revealed, selected }: RevealProps) {
  const { getInternalNode, getViewport, setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const store = useStoreApi();
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
  const seen = useRef<{ selected: string | null; revealed: RevealProps["revealed"]; width: number; height: number; at: number }>({ selected: null, revealed: null, width, height, at: 0 });
  useEffect(() => {
    const before = seen.current;
    const isRevealed = revealed !== null && revealed !== before.revealed;
    const isNew = isRevealed || selected !== before.selected;
    const isSized = width !== before.width || height !== before.height;
    seen.current = { selected, revealed, width, height, at: isNew ? performance.now() : before.at };
    const wanted = isRevealed ? (selected ?? revealed.id) : selected;
    if (wanted === null || (!isNew && !isSized)) return;
    // The panel that opens beside it belongs to its being shown.
    const isShown = !isNew && performance.now() - before.at > SETTLED_MILLISECONDS;
    const frame = requestAnimationFrame(() => {
      const node = getInternalNode(wanted);
      if (node === undefined) return;
      const { x, y, zoom } = getViewport();
      const { positionAbsolute } = node.internals;
      const box = { x: positionAbsolute.x * zoom + x, y: positionAbsolute.y * zoom + y, width: (node.width ?? 0) * zoom, height: (node.height ?? 0) * zoom };
      const { right, down } = revealShift(box, { width, height }, isShown ? before : null, coversOf(store.getState().domNode));
      if (right !== 0 || down !== 0) void setViewport({ x: x + right, y: y + down, zoom }, { duration: window.matchMedia(REDUCED_MOTION).matches ? 0 : 200 });
    });
    return () => cancelAnimationFrame(frame);
  }, [selected, revealed, width, height, store, getInternalNode, getViewport, setViewport]);
  return null;
}

/** What lies over the canvas: its tools and its overview. */
function coversOf(canvas: HTMLElement | null): Box[] {
  if (canvas === null) return [];
  const corner = canvas.getBoundingClientRect();
  return [...canvas.querySelectorAll(".react-flow__panel:not(.react-flow__attribution)")].map((panel) => {
    const { x, y, width, height } = panel.getBoundingClientRect();
    return { x: x - corner.x, y: y - corner.y, width, height };
  });
}
