import type { CanvasEdge, CanvasNode, Flow } from "@/components/canvas/flow";
import { overlap, type Box, type Point } from "@/components/canvas/geometry";
import { linkPoints, TURNING_GAP } from "@/components/canvas/link-path";
import { cornersOf } from "./slot-boxes";

/** How near to an edge counts as on it. */
const REACH = 14;

export function areaAround({ x, y }: Point, reach = REACH): Box {
  return { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
}

/** The edge whose line passes through an area of the canvas; the innermost one, when there are several. */
export function edgeThrough(flow: Flow, area: Box, isAllowed: (index: number) => boolean): CanvasEdge | null {
  const corners = cornersOf(flow.nodes);
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const hits = flow.edges.filter((edge) => {
    const source = byId.get(edge.source);
    const corner = corners.get(edge.source);
    if (edge.data === undefined || source === undefined || corner === undefined) return false;
    return passesThrough(linkPoints(startOf(source, corner, edge.data.port), edge.data.stops, TURNING_GAP), area) && isAllowed(edge.data.index);
  });
  return hits.toSorted((one, other) => (other.zIndex ?? 0) - (one.zIndex ?? 0))[0] ?? null;
}

/** Where an edge leaves its node. */
function startOf({ width = 0, height = 0, data }: CanvasNode, corner: Point, port: string): Point {
  const ports = "ports" in data ? (data.ports as string[]) : [];
  const place = Math.max(0, ports.indexOf(port));
  return { x: corner.x + ((place + 0.5) / Math.max(1, ports.length)) * width, y: corner.y + height };
}

/** The stretches of a line run straight along the axes, or nearly so. */
function passesThrough(points: readonly Point[], area: Box): boolean {
  return points.slice(1).some((to, index) => {
    const from = points[index]!;
    const stretch: Box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.max(1, Math.abs(to.x - from.x)), height: Math.max(1, Math.abs(to.y - from.y)) };
    return overlap(stretch, area);
  });
}
