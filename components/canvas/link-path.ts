import type { Point } from "./geometry";

/** A place that a link goes to or through: the top of a row, and where in the gap above it the link turns. */
export interface Stop extends Point {
  /** Distance from the middle of the gap, so that links to different places do not lie on each other. */
  lane: number;
}

const RADIUS = 10;
const LANES = 4;
const LANE_DISTANCE = 6;
/** What linkPoints takes for the gap above a row: its lower part, which holds no `+` of ports. */
export const TURNING_GAP = 46;

export function laneOf(place: number): number {
  return ((place % LANES) - (LANES - 1) / 2) * LANE_DISTANCE;
}

/** A line with right angles from a source down to its target; it turns only in the gaps above rows, where no node is. */
export function linkPoints(source: Point, stops: readonly Stop[], gap: number): Point[] {
  const points: Point[] = [{ x: source.x, y: source.y }];
  let { x } = source;
  for (const stop of stops) {
    if (stop.x === x) continue;
    const turn = stop.y - gap / 2 + stop.lane;
    points.push({ x, y: turn }, { x: stop.x, y: turn });
    x = stop.x;
  }
  const end = stops.at(-1) ?? source;
  return [...points, { x: end.x, y: end.y }];
}

/** The middle of the longest stretch of a line. */
export function middleOf(points: readonly Point[]): Point {
  let best = { length: -1, middle: points[0] ?? { x: 0, y: 0 } };
  for (const [index, to] of points.entries()) {
    const from = points[index - 1];
    if (from === undefined) continue;
    const length = distance(from, to);
    if (length > best.length) best = { length, middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 } };
  }
  return best.middle;
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
