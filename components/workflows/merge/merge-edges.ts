import type { Draft, DraftEdge } from "@/components/builder/draft";
import { isSameValue } from "@/server/nodes/same-value";
import { edgesByKey, type Conflict, type LostEdge } from "./conflict";
import { mergeFields, type Fields } from "./merge-fields";
import { nameOf, type MergedNodes } from "./merge-nodes";

export interface MergedEdges {
  merged: Map<string, DraftEdge>;
  ground: Map<string, DraftEdge>;
  conflicts: Conflict[];
  lost: LostEdge[];
}

export function mergeEdges(base: Draft, mine: Draft, theirs: Draft, nodes: MergedNodes): MergedEdges {
  const [before, own, other] = [edgesByKey(base), edgesByKey(mine), edgesByKey(theirs)];
  const result: MergedEdges = { merged: new Map(), ground: new Map(), conflicts: [], lost: [] };
  /** Of steps that they deleted and that stay for now, the connections stay too. */
  const isHeld = ({ from, to }: DraftEdge) => nodes.held.has(from) || nodes.held.has(to);
  const missing = ({ from, to }: DraftEdge) => [from, to].find((id) => !nodes.merged.has(id));
  for (const key of new Set([...own.keys(), ...other.keys()])) {
    const [first, left, right] = [before.get(key), own.get(key), other.get(key)];
    const gone = missing((left ?? right)!);
    if (gone !== undefined) {
      giveUp(key, { first, left, right, gone, isWaiting: nodes.waiting.has(gone) }, result);
      continue;
    }
    const edge = mergeEdge(key, first, left, right, result, isHeld);
    if (edge !== undefined) result.merged.set(key, edge);
  }
  return result;
}

interface GivenUp {
  first: DraftEdge | undefined;
  left: DraftEdge | undefined;
  right: DraftEdge | undefined;
  /** The end that is deleted. */
  gone: string;
  isWaiting: boolean;
}

/** Nobody is asked about a connection without one of its ends; it is told if it was new, or changed. What waits for its step comes with it. */
function giveUp(key: string, { first, left, right, gone, isWaiting }: GivenUp, { ground, lost }: MergedEdges): void {
  const edge = (left ?? right)!;
  const isAsBefore = first !== undefined && isSameValue(first, edge);
  if (left === undefined && (isAsBefore || !isWaiting)) ground.set(key, edge);
  if (!isAsBefore && (left !== undefined || !isWaiting)) lost.push({ edge, by: left === undefined ? "them" : "me", missing: gone });
}

function mergeEdge(
  key: string,
  before: DraftEdge | undefined,
  mine: DraftEdge | undefined,
  theirs: DraftEdge | undefined,
  { ground, conflicts }: MergedEdges,
  isHeld: (edge: DraftEdge) => boolean,
): DraftEdge | undefined {
  const ask = (kind: Conflict["kind"], edge: DraftEdge, fields: Conflict["fields"]) =>
    conflicts.push({ subject: { type: "edge", key }, name: `${edge.from} → ${edge.to}`, kind, fields, inside: [] });
  if (mine !== undefined && theirs !== undefined) {
    const fields = mergeFields((before ?? {}) as Fields, mine as unknown as Fields, theirs as unknown as Fields, { isDeep: () => false });
    ground.set(key, fields.ground as unknown as DraftEdge);
    if (fields.conflicts.length > 0) ask("changed", mine, fields.conflicts);
    return fields.merged as unknown as DraftEdge;
  }
  if (mine !== undefined) {
    if (before === undefined) return mine;
    const isChanged = !isSameValue(before, mine);
    if (!isChanged && !isHeld(mine)) return undefined;
    ground.set(key, before);
    if (isChanged && !isHeld(mine)) ask("deletedByThem", mine, [{ path: ["when"], base: before.when, mine: mine.when, theirs: undefined }]);
    return mine;
  }
  if (theirs === undefined) return undefined;
  if (before === undefined) {
    ground.set(key, theirs);
    return theirs;
  }
  const isChanged = !isSameValue(before, theirs);
  ground.set(key, isChanged ? before : theirs);
  if (isChanged) ask("deletedByMe", theirs, [{ path: ["when"], base: before.when, mine: undefined, theirs: theirs.when }]);
  return undefined;
}

export function nameOfEdge({ from, to }: DraftEdge, draft: Draft): string {
  const name = (id: string) => {
    const node = draft.nodes.find((one) => one.id === id);
    return node === undefined ? id : nameOf(node);
  };
  return `${name(from)} → ${name(to)}`;
}
