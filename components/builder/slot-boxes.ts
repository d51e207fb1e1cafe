import type { CanvasNode } from "@/components/canvas/flow";
import { contains, plus, type Point } from "@/components/canvas/geometry";
import { slotKey, type Draft, type Parent } from "./draft";
import { setPositions } from "./move-nodes";

export interface SlotHit {
  parent: Parent | undefined;
  /** Id of the slot's frame on the canvas; empty for the outermost level. */
  key: string;
  /** Its corner on the whole canvas. */
  corner: Point;
}

const OUTERMOST: SlotHit = { parent: undefined, key: "", corner: { x: 0, y: 0 } };

/** Corners of all drawn nodes and slots on the whole canvas. Parents come before their children. */
export function cornersOf(nodes: readonly CanvasNode[]): Map<string, Point> {
  const corners = new Map<string, Point>();
  for (const { id, parentId, position } of nodes) {
    const outer = parentId === undefined ? undefined : corners.get(parentId);
    corners.set(id, outer === undefined ? position : plus(position, outer));
  }
  return corners;
}

/** The innermost slot at a point, apart from those inside of the given nodes. */
export function slotAt(nodes: readonly CanvasNode[], point: Point, without: ReadonlySet<string>): SlotHit {
  const corners = cornersOf(nodes);
  let hit = OUTERMOST;
  for (const node of nodes) {
    const corner = corners.get(node.id);
    if (node.type !== "slot" || node.parentId === undefined || corner === undefined || without.has(node.parentId)) continue;
    if (contains({ ...corner, width: node.width ?? 0, height: node.height ?? 0 }, point)) hit = { parent: { id: node.parentId, slot: node.data.label }, key: node.id, corner };
  }
  return hit;
}

/** Keeps the nodes of a slot where the canvas has laid them out. */
export function freeze(draft: Draft, nodes: readonly CanvasNode[], key: string): Draft {
  const members = new Set(draft.nodes.filter((node) => slotKey(node.parent) === key).map(({ id }) => id));
  return setPositions(draft, new Map(nodes.filter(({ id }) => members.has(id)).map(({ id, position }) => [id, position])));
}
