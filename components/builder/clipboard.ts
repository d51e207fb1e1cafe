import { z } from "zod";
import { findNode, freshId, idsOf, isArranged, isTrigger, slotKey, withDescendants, readDraft, type Draft, type DraftNode, type Parent, type Point } from "./draft";
import { moveObjection } from "./move-nodes";
import { referencesOfNode, renameInEdge, renameInNode } from "./references";

const clipSchema = z.object({
  millrace: z.literal("steps"),
  /** The workflow it was copied from: there, ids mean what they meant. */
  source: z.string(),
  nodes: z.array(z.record(z.string(), z.unknown())).min(1),
  edges: z.array(z.record(z.string(), z.unknown())),
});

export interface Clip {
  source: string;
  draft: Draft;
}

/** A reference of a pasted step to one that did not come along. */
export interface LostReference {
  nodeId: string;
  missing: string;
}

export interface Pasted {
  draft: Draft;
  /** The outermost pasted nodes. */
  ids: string[];
  lost: LostReference[];
}

/** A selection, with what its containers hold and the edges among it, as a text for the clipboard. */
export function copySelection(draft: Draft, ids: readonly string[], source: string): string {
  const chosen = withDescendants(draft, ids);
  const lift = (node: DraftNode): DraftNode => {
    if (node.parent === undefined || chosen.has(node.parent.id)) return node;
    const { parent: _parent, ...rest } = node;
    return rest;
  };
  const nodes = draft.nodes.filter(({ id }) => chosen.has(id)).map(lift);
  const edges = draft.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to));
  return JSON.stringify({ millrace: "steps", source, nodes, edges }, null, 2);
}

/** Null for a text that is no copied selection. */
export function readClip(text: string): Clip | null {
  try {
    const parsed = clipSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const draft = readDraft({ schema: 1, nodes: parsed.data.nodes, edges: parsed.data.edges });
    return draft === null ? null : { source: parsed.data.source, draft };
  } catch {
    return null;
  }
}

/** Puts copied nodes in under fresh ids; references among them follow, references to others are reported. */
export function paste(draft: Draft, clip: Clip, target: { source: string; parent?: Parent; at?: Point }): Pasted {
  const taken = idsOf(draft);
  const renamed = new Map<string, string>();
  for (const { id } of clip.draft.nodes) {
    const next = freshId(id, taken);
    taken.add(next);
    renamed.set(id, next);
  }
  const fresh = new Set(renamed.values());
  const rename = (id: string) => renamed.get(id) ?? id;
  const parent = moveObjection(draft, [], target.parent) === null ? target.parent : undefined;
  const settle = spotsFor(draft, clip.draft, parent, target.at);
  const nodes = clip.draft.nodes.map((node): DraftNode => {
    const { parent: inside, position, ...rest } = renameInNode(node, rename);
    const isInside = inside !== undefined && renamed.has(inside.id);
    const holder = isInside ? { ...inside, id: rename(inside.id) } : isTrigger(node.kind) ? undefined : parent;
    const spot = isInside ? position : settle(node, holder);
    return { ...rest, id: rename(node.id), ...(holder === undefined ? {} : { parent: holder }), ...(spot === undefined ? {} : { position: spot }) };
  });
  const keys = new Map(nodes.map((node) => [node.id, slotKey(node.parent)]));
  const edges = clip.draft.edges
    .map((edge) => ({ ...renameInEdge(edge, rename), from: rename(edge.from), to: rename(edge.to) }))
    .filter((edge) => keys.has(edge.from) && keys.get(edge.from) === keys.get(edge.to));
  return {
    draft: { ...draft, nodes: [...draft.nodes, ...nodes], edges: [...draft.edges, ...edges] },
    ids: nodes.filter((node) => node.parent === undefined || !fresh.has(node.parent.id)).map(({ id }) => id),
    lost: lostReferences(draft, clip, target.source, rename),
  };
}

function lostReferences(draft: Draft, clip: Clip, source: string, rename: (id: string) => string): LostReference[] {
  const copied = idsOf(clip.draft);
  const isKnown = (id: string) => copied.has(id) || (clip.source === source && findNode(draft, id) !== undefined);
  return clip.draft.nodes.flatMap((node) =>
    [...referencesOfNode(node)].filter((id) => !isKnown(id)).map((missing) => ({ nodeId: rename(node.id), missing })),
  );
}

const GAP = 48;

/** Where the outermost nodes go: moved together to the given point, or below what is there; laid out where nothing is arranged. */
function spotsFor(draft: Draft, clip: Draft, parent: Parent | undefined, at: Point | undefined): (node: DraftNode, holder: Parent | undefined) => Point | undefined {
  const spots = clip.nodes.filter((node) => node.parent === undefined).flatMap(({ position }) => position ?? []);
  const key = slotKey(parent);
  if (!isArranged(draft, key) || spots.length === 0) return () => undefined;
  const left = Math.min(...spots.map(({ x }) => x));
  const top = Math.min(...spots.map(({ y }) => y));
  const there = draft.nodes.filter((node) => slotKey(node.parent) === key).flatMap(({ position }) => position ?? []);
  const corner = at ?? { x: left + GAP, y: Math.max(...there.map(({ y }) => y)) + 3 * GAP };
  return ({ position }) => (position === undefined ? undefined : { x: Math.round(corner.x + position.x - left), y: Math.round(corner.y + position.y - top) });
}
