import type { CanvasNode } from "@/components/canvas/project-to-flow";
import { findNode, isArranged, slotKey, withDescendants, type Draft, type Point } from "./draft";
import { moveInto, moveObjection, setPositions, type Moved } from "./move-nodes";
import { cornersOf, freeze, slotAt } from "./slot-boxes";

export interface Drop {
  draft: Draft;
  /** What is drawn now. */
  nodes: readonly CanvasNode[];
  /** Nodes under way, and where they lie in the frame they come from. */
  moved: ReadonlyMap<string, Point>;
  /** Where the pointer lets go, on the whole canvas. */
  point: Point;
}

/** The slot that a drop would lead to; the nodes' own when they may not lie there. */
export function dropTarget({ draft, nodes, moved, point }: Drop): { key: string; isMove: boolean } {
  const ids = [...moved.keys()];
  const hit = slotAt(nodes, point, withDescendants(draft, ids));
  const isAllowed = moveObjection(draft, ids, hit.parent) === null;
  const isMove = isAllowed && ids.some((id) => slotKey(findNode(draft, id)?.parent) !== hit.key);
  return { key: hit.key, isMove };
}

/** Puts dragged nodes down: at another place of their slot, or in another slot. */
export function dropNodes(drop: Drop): Moved {
  const { draft, nodes, moved, point } = drop;
  const { isMove } = dropTarget(drop);
  if (!isMove) return { draft: nudgeNodes(draft, nodes, moved), removed: [] };
  const ids = [...moved.keys()];
  const hit = slotAt(nodes, point, withDescendants(draft, ids));
  // A frame lays out what it holds until someone arranges it; out in the open, things stay where they are put.
  const staysPut = hit.key === "" || isArranged(draft, hit.key);
  if (!staysPut) return moveInto(draft, ids, hit.parent);
  const corners = cornersOf(nodes);
  const spots = new Map<string, Point>();
  for (const [id, { x, y }] of moved) {
    const from = corners.get(nodes.find((node) => node.id === id)?.parentId ?? "") ?? { x: 0, y: 0 };
    spots.set(id, { x: x + from.x - hit.corner.x, y: y + from.y - hit.corner.y });
  }
  return moveInto(freeze(draft, nodes, hit.key), ids, hit.parent, spots);
}

/** Moves nodes within their slots, whose other nodes stay where they are. */
export function nudgeNodes(draft: Draft, nodes: readonly CanvasNode[], moved: ReadonlyMap<string, Point>): Draft {
  const keys = new Set([...moved.keys()].map((id) => slotKey(findNode(draft, id)?.parent)));
  const frozen = [...keys].reduce((current, key) => freeze(current, nodes, key), draft);
  return setPositions(frozen, moved);
}
