"use client";

import { useNodeMark } from "./marks";

/** How many items went over an edge, when its source gave a list. */
export function ItemCount({ source, x, y }: { source: string; x: number; y: number }) {
  const items = useNodeMark(source)?.items;
  if (items === undefined) return null;
  return (
    <span
      className="pointer-events-none absolute rounded-full border bg-card px-1.5 text-[10px] leading-4 whitespace-nowrap text-muted-foreground tabular-nums"
      style={{ transform: `translate(14px, -50%) translate(${x}px, ${y}px)` }}
    >
      {items === 1 ? "1 item" : `${items.toLocaleString()} items`}
    </span>
  );
}
