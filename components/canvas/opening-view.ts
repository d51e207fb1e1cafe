import type { Box, Point, Size } from "./geometry";

/** Below it nothing can be read any more. */
const LEAST_ZOOM = 0.5;

/** Of the canvas: what is clear of what lies over it. */
export interface Room {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Where a workflow opens that cannot be seen whole and read at once: at its first step, as near as one can read it. Null: it can.
 * `bounds`, `first`: on the drawing; the answer: where its origin lies on the canvas.
 */
export function openingView(bounds: Box, first: Box, room: Room): (Point & { zoom: number }) | null {
  if (Math.min(room.width / bounds.width, room.height / bounds.height) >= LEAST_ZOOM) return null;
  return {
    x: along({ start: bounds.x, length: bounds.width }, first.x + first.width / 2, { start: room.left, length: room.width }),
    y: along({ start: bounds.y, length: bounds.height }, first.y + first.height / 2, { start: room.top, length: room.height }),
    zoom: LEAST_ZOOM,
  };
}

interface Stretch {
  start: number;
  length: number;
}

/** In the middle of the room if it fits; else around `middle`, and no further than to its ends. */
function along(drawn: Stretch, middle: number, room: Stretch): number {
  const [start, length] = [drawn.start * LEAST_ZOOM, drawn.length * LEAST_ZOOM];
  if (length <= room.length) return room.start + (room.length - length) / 2 - start;
  const latest = room.start - start;
  const earliest = room.start + room.length - (start + length);
  return Math.min(latest, Math.max(earliest, room.start + room.length / 2 - middle * LEAST_ZOOM));
}

export function roomOf({ width, height }: Size, padding: { top: number; right: number; bottom: number; left: number }): Room {
  return { left: padding.left * width, top: padding.top, width: width * (1 - padding.left - padding.right), height: height * (1 - padding.bottom) - padding.top };
}
