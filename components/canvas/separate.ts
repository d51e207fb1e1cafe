import { overlap, type Box } from "./geometry";

/** Distance to what a box had to make way for. */
const GAP = 24;

/**
 * Boxes that lie on each other, such as a frame that has grown and what was beside it: the upper one stays, the lower one
 * goes the shorter way to its right or below it. Whatever lies free stays where it is.
 */
export function separate(boxes: ReadonlyMap<string, Box>): Map<string, Box> {
  const settled: Box[] = [];
  const result = new Map<string, Box>();
  const fromTop = [...boxes].toSorted(([, one], [, other]) => one.y - other.y || one.x - other.x);
  for (const [id, wanted] of fromTop) {
    const box = freeBox(wanted, settled);
    settled.push(box);
    result.set(id, box);
  }
  return result;
}

/** The box itself, or the place nearest to its right or below where it meets none of the others. Both ways only lead on, so it ends. */
export function freeBox(wanted: Box, others: readonly Box[]): Box {
  let box = wanted;
  for (let hit = others.find((other) => overlap(other, box)); hit !== undefined; hit = others.find((other) => overlap(other, box))) {
    const right = hit.x + hit.width + GAP - box.x;
    const down = hit.y + hit.height + GAP - box.y;
    box = right < down ? { ...box, x: box.x + right } : { ...box, y: box.y + down };
  }
  return box;
}
