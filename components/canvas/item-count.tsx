import { itemsText, type EdgeItems } from "./items-on-edge";

/** How many items went over an edge, out of its source and into a loop. */
export function ItemCount({ items, x, y }: { items: EdgeItems; x: number; y: number }) {
  return (
    <span
      className="pointer-events-none absolute rounded-full border bg-card px-1.5 text-[10px] leading-4 whitespace-nowrap text-muted-foreground tabular-nums"
      style={{ transform: `translate(14px, -50%) translate(${x}px, ${y}px)` }}
    >
      {itemsText(items)}
    </span>
  );
}
