import type { Point } from "./layout";

const RADIUS = 10;

/**
 * A line with right angles from a source downwards to a target. It turns only in the gap above a row, where no node is:
 * above each row that it passes, and above its target.
 */
export function linkPoints(source: Point, target: Point, passages: readonly Point[], gap: number): Point[] {
  const points = [source];
  let x = source.x;
  for (const next of [...passages, target]) {
    if (next.x === x) continue;
    const turn = next.y - gap / 2;
    points.push({ x, y: turn }, { x: next.x, y: turn });
    x = next.x;
  }
  return [...points, target];
}

/** The points as an SVG path with rounded corners. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${first.x},${first.y}`];
  rest.forEach((corner, index) => {
    const before = points[index]!;
    const after = rest[index + 1];
    if (after === undefined) {
      parts.push(`L${corner.x},${corner.y}`);
      return;
    }
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    const into = towards(corner, before, radius);
    const out = towards(corner, after, radius);
    parts.push(`L${into.x},${into.y}`, `Q${corner.x},${corner.y} ${out.x},${out.y}`);
  });
  return parts.join(" ");
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

function towards(from: Point, to: Point, length: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * length, y: from.y + Math.sign(to.y - from.y) * length };
}
