"use client";

import { ViewportPortal } from "@xyflow/react";
import type { Guide } from "./snap-guides";

/** The lines that what is being dragged lies on. */
export function GuideLines({ guides }: { guides: readonly Guide[] }) {
  if (guides.length === 0) return null;
  return (
    <ViewportPortal>
      {guides.map(({ from, to }) => (
        <div
          key={`${from.x},${from.y} ${to.x},${to.y}`}
          aria-hidden
          className="pointer-events-none absolute bg-primary/60"
          style={{ left: from.x, top: from.y, width: Math.max(1, to.x - from.x), height: Math.max(1, to.y - from.y), zIndex: 1_500 }}
        />
      ))}
    </ViewportPortal>
  );
}
