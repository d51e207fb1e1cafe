/** How a list is scrolled, in pixels. */
export interface ScrollPlace {
  top: number;
  /** Of the part in view. */
  height: number;
  whole: number;
}

/** So near to the end counts as at the end. */
const NEAR_PIXELS = 24;

/** Whether the end is still followed: who scrolls up reads there, who comes back to the end follows again. */
export function keepsFollowing(wasFollowing: boolean, topBefore: number, { top, height, whole }: ScrollPlace): boolean {
  if (whole - top - height <= NEAR_PIXELS) return true;
  // Lines that come below, or turn out higher than was thought, move the end and not the reader.
  return wasFollowing && top >= topBefore;
}
