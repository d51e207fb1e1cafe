import type { Box, Point } from "@/components/canvas/geometry";

/** A line along which the dragged box lies with another one. */
export interface Guide {
  from: Point;
  to: Point;
}

export interface Snapped {
  /** How far the box goes to lie on the lines. */
  by: Point;
  guides: Guide[];
}

const REACH = 6;

type Axis = "x" | "y";
const EXTENT = { x: "width", y: "height" } as const;

/** Lays a dragged box on the edges and middles of others that are near. */
export function snapTo(box: Box, others: readonly Box[]): Snapped {
  const x = nearest(box, others, "x");
  const y = nearest(box, others, "y");
  const settled: Box = { ...box, x: box.x + (x?.by ?? 0), y: box.y + (y?.by ?? 0) };
  return {
    by: { x: x?.by ?? 0, y: y?.by ?? 0 },
    guides: [...(x === null ? [] : [guideOf(settled, x.other, "x", x.at)]), ...(y === null ? [] : [guideOf(settled, y.other, "y", y.at)])],
  };
}

interface Hit {
  by: number;
  at: number;
  other: Box;
}

/** Begin meets begin, middle middle, end end: what one means by aligned. */
function nearest(box: Box, others: readonly Box[], axis: Axis): Hit | null {
  let best: Hit | null = null;
  for (const other of others) {
    for (const share of [0.5, 0, 1]) {
      const at = other[axis] + other[EXTENT[axis]] * share;
      const by = at - (box[axis] + box[EXTENT[axis]] * share);
      if (Math.abs(by) <= REACH && (best === null || Math.abs(by) < Math.abs(best.by))) best = { by, at, other };
    }
  }
  return best;
}

function guideOf(box: Box, other: Box, axis: Axis, at: number): Guide {
  const across = axis === "x" ? "y" : "x";
  const start = Math.min(box[across], other[across]);
  const end = Math.max(box[across] + box[EXTENT[across]], other[across] + other[EXTENT[across]]);
  return axis === "x" ? { from: { x: at, y: start }, to: { x: at, y: end } } : { from: { x: start, y: at }, to: { x: end, y: at } };
}
