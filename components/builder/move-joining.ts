import type { Point } from "@/components/canvas/geometry";
import type { Draft, Parent } from "./draft";
import { moveInto, moveObjection, type Moved } from "./move-nodes";
import { joinAround, lostConditions } from "./remove-nodes";

/** Moves nodes into another slot and connects what they leave behind. Edges that nothing takes the place of are reported. */
export function moveJoining(draft: Draft, ids: readonly string[], parent: Parent | undefined, spots?: ReadonlyMap<string, Point>): Moved {
  if (moveObjection(draft, ids, parent) !== null) return { draft, removed: [] };
  const joined = joinAround(draft, ids);
  const isJoined = joined.edges.some((edge) => !draft.edges.includes(edge));
  const { draft: next, removed } = moveInto(joined, ids, parent, spots);
  return { draft: next, lost: lostConditions(draft, ids), removed: isJoined ? removed : [...draft.edges.filter((edge) => !joined.edges.includes(edge)), ...removed] };
}
