import { boundsOf, type Box, type Point } from "@/components/canvas/geometry";

export type Alignment = "left" | "center" | "right" | "top" | "middle" | "bottom" | "columns" | "rows";

type Boxes = ReadonlyMap<string, Box>;

/** Where boxes go when they are aligned, or (`columns`, `rows`) distributed with equal gaps from left to right or from top to bottom. */
export function align(boxes: Boxes, how: Alignment): Map<string, Point> {
  const bounds = boundsOf([...boxes.values()]);
  if (bounds === undefined) return new Map();
  if (how === "columns" || how === "rows") return distribute(boxes, bounds, how);
  return new Map([...boxes].map(([id, box]) => [id, alignOne(box, bounds, how)]));
}

function alignOne({ x, y, width, height }: Box, bounds: Box, how: Exclude<Alignment, "columns" | "rows">): Point {
  switch (how) {
    case "left":
      return { x: bounds.x, y };
    case "center":
      return { x: Math.round(bounds.x + (bounds.width - width) / 2), y };
    case "right":
      return { x: bounds.x + bounds.width - width, y };
    case "top":
      return { x, y: bounds.y };
    case "middle":
      return { x, y: Math.round(bounds.y + (bounds.height - height) / 2) };
    case "bottom":
      return { x, y: bounds.y + bounds.height - height };
  }
}

/** The outer two stay. Boxes too many for the room between them stand side by side beyond it. */
function distribute(boxes: Boxes, bounds: Box, how: "columns" | "rows"): Map<string, Point> {
  const [start, extent] = how === "columns" ? (["x", "width"] as const) : (["y", "height"] as const);
  const inOrder = [...boxes].toSorted(([, one], [, other]) => one[start] - other[start]);
  const taken = inOrder.reduce((sum, [, box]) => sum + box[extent], 0);
  const gap = Math.max(0, (bounds[extent] - taken) / Math.max(1, inOrder.length - 1));
  let next = bounds[start];
  return new Map(
    inOrder.map(([id, box]) => {
      const place = { x: box.x, y: box.y, [start]: Math.round(next) };
      next += box[extent] + gap;
      return [id, place];
    }),
  );
}
