import { annotationOf, type Flow } from "@/components/canvas/flow";
import { minus, plus, type Point } from "@/components/canvas/geometry";
import { moveAnnotations } from "./annotations";
import { findNode, isArranged, slotKey, withDescendants, type Draft } from "./draft";
import { areaAround, edgeThrough } from "./edge-hits";
import { edgeObjection, moveIntoEdge } from "./move-into-edge";
import { moveJoining } from "./move-joining";
import { moveObjection, outermostOf, setPositions, type Moved } from "./move-nodes";
import { lostConditions } from "./remove-nodes";
import { cornersOf, freeze, slotAt, type SlotHit } from "./slot-boxes";

export interface Drop {
  draft: Draft;
  /** What is drawn now. */
  flow: Flow;
  /** Nodes under way, and where they lie in the frame they come from. */
  moved: ReadonlyMap<string, Point>;
  /** Where the pointer lets go, on the whole canvas. */
  point: Point;
}

export type DropTarget =
  | { into: "edge"; canvasId: string; index: number }
  | { into: "slot"; canvasId: string; hit: SlotHit }
  /** They stay in their slot, at another place. */
  | { into: "place"; canvasId: null };

/** What would take the dragged steps: an edge below the pointer, or another slot than theirs. */
export function dropTarget({ draft, flow, moved, point }: Drop): DropTarget {
  const ids = stepsOf(moved);
  if (ids.length === 0) return { into: "place", canvasId: null };
  const edge = edgeThrough(flow, areaAround(point), (index) => edgeObjection(draft, ids, index) === null);
  if (edge?.data !== undefined) return { into: "edge", canvasId: edge.id, index: edge.data.index };
  const hit = slotAt(flow.nodes, point, withDescendants(draft, ids));
  const isAllowed = moveObjection(draft, ids, hit.parent) === null;
  const isElsewhere = outermostOf(draft, ids).some((id) => slotKey(findNode(draft, id)?.parent) !== hit.key);
  return isAllowed && isElsewhere ? { into: "slot", canvasId: hit.key, hit } : { into: "place", canvasId: null };
}

/** Puts dragged nodes down: at another place of their slot, in another slot, or into the middle of an edge. */
export function dropNodes(drop: Drop): Moved {
  const { draft, flow, moved } = drop;
  const target = dropTarget(drop);
  if (target.into === "place") return { draft: nudgeNodes(draft, flow, moved), removed: [] };
  const steps = new Map([...moved].filter(([id]) => annotationOf(id) === null));
  const rest = nudgeNodes(draft, flow, new Map([...moved].filter(([id]) => annotationOf(id) !== null)));
  if (target.into === "edge") return { draft: moveIntoEdge(rest, [...steps.keys()], target.index), removed: [], lost: lostConditions(rest, [...steps.keys()]) };
  return moveToSlot({ ...drop, draft: rest, moved: steps }, target.hit);
}

function moveToSlot({ draft, flow, moved }: Drop, hit: SlotHit): Moved {
  const ids = outermostOf(draft, [...moved.keys()]);
  return moveJoining(freezeIfArranged(draft, flow, hit), ids, hit.parent, isArrangedAt(draft, hit) ? spotsIn(flow, moved, hit) : undefined);
}

/** A frame lays out what it holds until someone arranges it; out in the open, things stay where they are put. */
function isArrangedAt(draft: Draft, { key }: SlotHit): boolean {
  return key === "" || isArranged(draft, key);
}

function freezeIfArranged(draft: Draft, flow: Flow, hit: SlotHit): Draft {
  return isArrangedAt(draft, hit) ? freeze(draft, flow.nodes, hit.key) : draft;
}

function spotsIn({ nodes }: Flow, moved: ReadonlyMap<string, Point>, { corner }: SlotHit): Map<string, Point> {
  const corners = cornersOf(nodes);
  const parents = new Map(nodes.map(({ id, parentId }) => [id, parentId ?? ""]));
  return new Map([...moved].map(([id, place]) => [id, minus(plus(place, corners.get(parents.get(id) ?? "") ?? { x: 0, y: 0 }), corner)]));
}

/** Moves nodes within their slots, whose other nodes stay where they are. */
export function nudgeNodes(draft: Draft, { nodes }: Flow, moved: ReadonlyMap<string, Point>): Draft {
  const keys = new Set(stepsOf(moved).map((id) => slotKey(findNode(draft, id)?.parent)));
  const frozen = [...keys].reduce((current, key) => freeze(current, nodes, key), draft);
  const notes = [...moved].flatMap(([id, place]) => (annotationOf(id) === null ? [] : [[annotationOf(id)!, place] as const]));
  return moveAnnotations(setPositions(frozen, moved), new Map(notes));
}

function stepsOf(moved: ReadonlyMap<string, Point>): string[] {
  return [...moved.keys()].filter((id) => annotationOf(id) === null);
}
