import { boundsOf, type Point } from "@/components/canvas/geometry";
import { findNode, isArranged, isTrigger, slotKey, withDescendants, type Draft } from "./draft";
import { moveInto, moveObjection, outermostOf } from "./move-nodes";
import { joinAround } from "./remove-nodes";
import { splice } from "./splice";
import { boxesIn, roomBetween } from "./spots";

/** Why steps cannot go into the middle of an edge; null when they can. */
export function edgeObjection(draft: Draft, ids: readonly string[], index: number): string | null {
  const edge = draft.edges[index];
  const source = edge === undefined ? undefined : findNode(draft, edge.from);
  if (edge === undefined || source === undefined) return "There is no such connection any more.";
  const moving = withDescendants(draft, ids);
  if (moving.has(edge.from) || moving.has(edge.to)) return "These steps are connected by it already.";
  if (ids.some((id) => isTrigger(findNode(draft, id)?.kind ?? ""))) return "Nothing leads into a trigger: runs begin there.";
  return moveObjection(draft, ids, source.parent);
}

/**
 * Takes steps out of where they are, connects what they leave behind, and leads an edge through them. The draft itself when
 * there is an objection.
 */
export function moveIntoEdge(draft: Draft, ids: readonly string[], index: number): Draft {
  const edge = draft.edges[index];
  if (edge === undefined || edgeObjection(draft, ids, index) !== null) return draft;
  const outermost = outermostOf(draft, ids);
  const source = findNode(draft, edge.from)!;
  const key = slotKey(source.parent);
  const lifted = joinAround(draft, outermost);
  if (!isArranged(draft, key)) return splice(moveInto(lifted, outermost, source.parent).draft, edge, outermost);
  const boxes = new Map(outermost.map((id) => [id, boxesIn(draft, slotKey(findNode(draft, id)?.parent)).get(id)!]));
  const size = boundsOf([...boxes.values()])!;
  const without: Draft = { ...lifted, nodes: lifted.nodes.filter(({ id }) => !boxes.has(id)) };
  const room = roomBetween(without, [source, findNode(draft, edge.to)], size);
  const spots = new Map<string, Point>([...boxes].map(([id, { x, y }]) => [id, { x: room.spot.x + x - size.x, y: room.spot.y + y - size.y }]));
  const settled = new Map(room.draft.nodes.map((node) => [node.id, node]));
  const whole: Draft = { ...room.draft, nodes: lifted.nodes.map((node) => settled.get(node.id) ?? node) };
  return splice(moveInto(whole, outermost, source.parent, spots).draft, edge, outermost);
}
