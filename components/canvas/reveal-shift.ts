import { overlap, plus, type Box, type Point, type Size } from "./geometry";

const MARGIN = 24;
/** Between a step and what lies over the canvas. */
const GAP = 12;

/**
 * How far the view must move to show a box, on the screen from the corner of the canvas, clear of what lies over it. `before`: the canvas had
 * that size until now and who looks at it has chosen what they see: only what was in view stays in view. Null: it is to be shown, wherever it is.
 */
export function revealShift(box: Box, view: Size, before: Size | null, over: readonly Box[] = []): { right: number; down: number } {
  if (before !== null && !isIn(box, before)) return { right: 0, down: 0 };
  const shift = { x: shiftInto(box.x, box.width, view.width), y: shiftInto(box.y, box.height, view.height) };
  const clear = isFree(box, shift, over) ? shift : (clearShifts(box, shift, view, over)[0] ?? shift);
  return { right: clear.x, down: clear.y };
}

/** Ways out from below what covers it, the shortest first. */
function clearShifts(box: Box, shift: Point, view: Size, over: readonly Box[]): Point[] {
  const at = { ...box, ...plus(box, shift) };
  const ways = over.filter((cover) => overlap(at, cover)).flatMap((cover) => [
    { x: shift.x, y: shift.y + cover.y + cover.height + GAP - at.y },
    { x: shift.x, y: shift.y + cover.y - GAP - (at.y + at.height) },
    { x: shift.x + cover.x + cover.width + GAP - at.x, y: shift.y },
    { x: shift.x + cover.x - GAP - (at.x + at.width), y: shift.y },
  ]);
  const length = ({ x, y }: Point) => Math.abs(x - shift.x) + Math.abs(y - shift.y);
  return ways.filter((way) => isFree(box, way, over) && isIn({ ...box, ...plus(box, way) }, view)).sort((one, other) => length(one) - length(other));
}

function isFree(box: Box, shift: Point, over: readonly Box[]): boolean {
  const at = { ...box, ...plus(box, shift) };
  return !over.some((cover) => overlap(at, cover));
}

function isIn({ x, y, width, height }: Box, view: Size): boolean {
  return x >= 0 && y >= 0 && x + width <= view.width && y + height <= view.height;
}

/** How far a stretch must move to lie inside of the view; its beginning counts when it is too long. */
function shiftInto(start: number, length: number, view: number): number {
  if (start < MARGIN || length > view - 2 * MARGIN) return MARGIN - start;
  return Math.min(0, view - MARGIN - (start + length));
}
