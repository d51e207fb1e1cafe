import { z } from "zod";
import { noteNodeId } from "@/components/canvas/flow";
import { plus, type Point } from "@/components/canvas/geometry";
import { annotationSchema } from "@/server/engine/definition";
import { annotationIds, withAnnotations, type DraftAnnotation } from "./annotations";
import { findNode, freshId, idsOf, isArranged, isTrigger, slotKey, withDescendants, readDraft, type Draft, type DraftNode, type Parent } from "./draft";
import { moveObjection } from "./move-nodes";
import { boxesIn } from "./spots";
import { referencesOfEdge, referencesOfNode, renameInEdge, renameInNode } from "./references";

const clipSchema = z.object({
  millrace: z.literal("steps"),
  /** The workflow it was copied from: there, ids mean what they meant. */
  source: z.string(),
  nodes: z.array(z.record(z.string(), z.unknown())),
  edges: z.array(z.record(z.string(), z.unknown())),
  annotations: z.array(annotationSchema).optional(),
});

export interface Clip {
  source: string;
  draft: Draft;
}

/** A reference of a pasted step, or of a connection that leaves it, to one that did not come along: by a name that no step has. */
export interface LostReference {
  nodeId: string;
  missing: string;
}

export interface Pasted {
  draft: Draft;
  /** The outermost pasted nodes, and the notes, as the canvas names them. */
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
  const annotations = draft.annotations?.filter(({ id }) => ids.includes(noteNodeId(id)));
  return JSON.stringify({ millrace: "steps", source, nodes, edges, ...(annotations?.length ? { annotations } : {}) }, null, 2);
}

/** Null for a text that is no copied selection. */
export function readClip(text: string): Clip | null {
  try {
    const parsed = clipSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { source, nodes, edges, annotations = [] } = parsed.data;
    const draft = readDraft({ schema: 1, nodes, edges });
    return draft === null || nodes.length + annotations.length === 0 ? null : { source, draft: withAnnotations(draft, annotations) };
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
  const lost = lostReferences(draft, clip, target.source, (id) => renamed.get(id) ?? id);
  // A step of this workflow that happens to be called the same is not the one that was meant.
  for (const { missing } of lost) {
    if (renamed.has(missing) || findNode(draft, missing) === undefined) continue;
    const free = freshId(missing, taken);
    taken.add(free);
    renamed.set(missing, free);
  }
  const rename = (id: string) => renamed.get(id) ?? id;
  const parent = moveObjection(draft, [], target.parent) === null ? target.parent : undefined;
  const shift = shiftOf(draft, clip.draft, parent, target.at);
  const nodes = clip.draft.nodes.map((node): DraftNode => {
    const { parent: inside, position, ...rest } = renameInNode(node, rename);
    const isInside = inside !== undefined && fresh.has(rename(inside.id));
    const holder = isInside ? { ...inside, id: rename(inside.id) } : isTrigger(node.kind) ? undefined : parent;
    const spot = isInside || position === undefined ? position : shift === null ? undefined : rounded(plus(position, shift));
    return { ...rest, id: rename(node.id), ...(holder === undefined ? {} : { parent: holder }), ...(spot === undefined ? {} : { position: spot }) };
  });
  const keys = new Map(nodes.map((node) => [node.id, slotKey(node.parent)]));
  const edges = clip.draft.edges
    .map((edge) => ({ ...renameInEdge(edge, rename), from: rename(edge.from), to: rename(edge.to) }))
    .filter((edge) => keys.has(edge.from) && keys.get(edge.from) === keys.get(edge.to));
  const notes = pastedNotes(draft, clip.draft, parent === undefined && shift !== null ? shift : { x: GAP, y: GAP });
  const whole: Draft = { ...draft, nodes: [...draft.nodes, ...nodes], edges: [...draft.edges, ...edges] };
  return {
    draft: notes.length === 0 ? whole : withAnnotations(whole, [...(draft.annotations ?? []), ...notes]),
    ids: [...nodes.filter((node) => node.parent === undefined || !fresh.has(node.parent.id)).map(({ id }) => id), ...notes.map(({ id }) => noteNodeId(id))],
    lost: lost.map((one) => ({ ...one, missing: rename(one.missing) })),
  };
}

function lostReferences(draft: Draft, clip: Clip, source: string, rename: (id: string) => string): LostReference[] {
  const copied = idsOf(clip.draft);
  const isKnown = (id: string) => copied.has(id) || (clip.source === source && findNode(draft, id) !== undefined);
  const lost = (nodeId: string, read: ReadonlySet<string>) => [...read].filter((id) => !isKnown(id)).map((missing) => ({ nodeId: rename(nodeId), missing }));
  return [...clip.draft.nodes.flatMap((node) => lost(node.id, referencesOfNode(node))), ...clip.draft.edges.flatMap((edge) => lost(edge.from, referencesOfEdge(edge)))];
}

const GAP = 48;

/** How far the outermost nodes move: together to the given point, or below what is there. Null where the canvas lays them out. */
function shiftOf(draft: Draft, clip: Draft, parent: Parent | undefined, at: Point | undefined): Point | null {
  const spots = clip.nodes.filter((node) => node.parent === undefined).flatMap(({ position }) => position ?? []);
  const key = slotKey(parent);
  if (!isArranged(draft, key) || spots.length === 0) return null;
  const left = Math.min(...spots.map(({ x }) => x));
  const top = Math.min(...spots.map(({ y }) => y));
  const boxes = [...boxesIn(draft, key).values()];
  const corner = at ?? { x: left + GAP, y: Math.max(...boxes.map(({ y, height }) => y + height)) + GAP };
  return { x: corner.x - left, y: corner.y - top };
}

function pastedNotes(draft: Draft, clip: Draft, shift: Point): DraftAnnotation[] {
  const taken = annotationIds(draft);
  return (clip.annotations ?? []).map((annotation) => {
    const id = freshId(annotation.id, taken);
    taken.add(id);
    return { ...annotation, id, position: rounded(plus(annotation.position, shift)) };
  });
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
