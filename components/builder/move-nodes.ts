import { dropCrossingEdges } from "./connections";
import { findNode, isTrigger, slotKey, slotsOfNode, withDescendants, type Draft, type DraftEdge, type DraftNode, type Parent, type Point } from "./draft";

export interface Moved {
  draft: Draft;
  /** Edges that would have crossed from one slot into another. */
  removed: DraftEdge[];
  /** Conditions that what is connected in their place could not keep. */
  lost?: readonly string[];
}

export function setPositions(draft: Draft, positions: ReadonlyMap<string, Point>): Draft {
  return { ...draft, nodes: draft.nodes.map((node) => placed(node, positions.get(node.id))) };
}

/** Why these nodes cannot lie there; null when they can. */
export function moveObjection(draft: Draft, ids: readonly string[], parent: Parent | undefined): string | null {
  if (parent === undefined) return null;
  const container = findNode(draft, parent.id);
  if (container === undefined || !(slotsOfNode(container)?.includes(parent.slot) ?? false)) return "There is no such frame.";
  if (withDescendants(draft, ids).has(parent.id)) return "A frame cannot lie inside itself.";
  const trigger = ids.map((id) => findNode(draft, id)).find((node) => node !== undefined && isTrigger(node.kind));
  return trigger === undefined ? null : "A trigger stays outside of frames: runs begin there.";
}

/**
 * Moves nodes, with what they hold, into a slot or out of all frames. Edges among them go along; those to nodes left behind
 * are removed and reported. Nodes without a given position are laid out anew.
 */
export function moveInto(draft: Draft, ids: readonly string[], parent: Parent | undefined, positions: ReadonlyMap<string, Point> = new Map()): Moved {
  if (moveObjection(draft, ids, parent) !== null) return { draft, removed: [] };
  const moving = new Set(outermostOf(draft, ids));
  const key = slotKey(parent);
  const move = (node: DraftNode): DraftNode => {
    if (!moving.has(node.id) || slotKey(node.parent) === key) return placed(node, positions.get(node.id));
    const { parent: _parent, position: _position, ...rest } = node;
    return placed({ ...rest, ...(parent === undefined ? {} : { parent }) }, positions.get(node.id));
  };
  return dropCrossingEdges({ ...draft, nodes: draft.nodes.map(move) });
}

/** Nodes that lie in none of the others: what is inside of a moving frame moves with it. */
export function outermostOf(draft: Draft, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  return ids.filter((id) => findNode(draft, id) !== undefined && !hasAncestorIn(draft, id, chosen));
}

/** Forgets where nodes were put, in the named slots or everywhere: the canvas lays them out. */
export function layOutAnew(draft: Draft, keys?: ReadonlySet<string>): Draft {
  const free = (node: DraftNode): DraftNode => {
    if (node.position === undefined || (keys !== undefined && !keys.has(slotKey(node.parent)))) return node;
    const { position: _position, ...rest } = node;
    return rest;
  };
  return { ...draft, nodes: draft.nodes.map(free) };
}

/** Shows or hides what frames hold. */
export function foldContainers(draft: Draft, ids: readonly string[], isCollapsed: boolean): Draft {
  const chosen = new Set(ids);
  const fold = (node: DraftNode): DraftNode => {
    if (!chosen.has(node.id) || slotsOfNode(node) === null || (node.collapsed === true) === isCollapsed) return node;
    const { collapsed: _collapsed, ...rest } = node;
    return isCollapsed ? { ...rest, collapsed: true } : rest;
  };
  return { ...draft, nodes: draft.nodes.map(fold) };
}

/** The least size of a container's frame; undefined: as large as what it holds. */
export function resizeContainer(draft: Draft, id: string, size: { width: number; height: number } | undefined): Draft {
  const resize = (node: DraftNode): DraftNode => {
    if (node.id !== id) return node;
    const { size: _size, ...rest } = node;
    return size === undefined ? rest : { ...rest, size: { width: Math.max(1, Math.round(size.width)), height: Math.max(1, Math.round(size.height)) } };
  };
  return { ...draft, nodes: draft.nodes.map(resize) };
}

function placed(node: DraftNode, position: Point | undefined): DraftNode {
  if (position === undefined) return node;
  const [x, y] = [Math.round(position.x), Math.round(position.y)];
  return node.position?.x === x && node.position.y === y ? node : { ...node, position: { x, y } };
}

/** Whether a node lies inside one of these. */
function hasAncestorIn(draft: Draft, id: string, ids: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  for (let parent = findNode(draft, id)?.parent; parent !== undefined && !seen.has(parent.id); parent = findNode(draft, parent.id)?.parent) {
    if (ids.has(parent.id)) return true;
    seen.add(parent.id);
  }
  return false;
}
