const MARGIN = 24;

/** On the screen, from the corner of the canvas. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Size {
  width: number;
  height: number;
}

/**
 * How far the view must move to show a box. `before`: the canvas had that size until now and who looks at it has chosen what they
 * see: only what was in view stays in view. Null: it is to be shown, wherever it is.
 */
export function revealShift(box: Box, view: Size, before: Size | null): { right: number; down: number } {
  if (before !== null && !isIn(box, before)) return { right: 0, down: 0 };
  return { right: shiftInto(box.x, box.width, view.width), down: shiftInto(box.y, box.height, view.height) };
}

function isIn({ x, y, width, height }: Box, view: Size): boolean {
  return x >= 0 && y >= 0 && x + width <= view.width && y + height <= view.height;
}

/** How far a stretch must move to lie inside of the view; its beginning counts when it is too long. */
function shiftInto(start: number, length: number, view: number): number {
  if (start < MARGIN || length > view - 2 * MARGIN) return MARGIN - start;
  return Math.min(0, view - MARGIN - (start + length));
}
