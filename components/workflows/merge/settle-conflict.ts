import { withDescendants, type Draft } from "@/components/builder/draft";
import { edgesByKey, nodesById, type Conflict } from "./conflict";
import { valueAt, withValueAt, type Fields } from "./merge-fields";

/**
 * The draft, agreeing with the other one in what the conflict is about. Applied to mine it takes theirs; applied to the
 * ground of the merge it makes mine a change of theirs, which then stands.
 */
export function takeFrom(other: Draft, draft: Draft, { subject, kind, fields }: Conflict): Draft {
  if (subject.type === "run") return copyFields(draft as unknown as Fields, other as unknown as Fields, fields) as unknown as Draft;
  if (subject.type === "edge") return takeEdge(other, draft, subject.key);
  if (kind === "deletedByThem") return withoutNode(other, draft, subject.id);
  if (kind === "deletedByMe") return withNode(other, draft, subject.id);
  const source = nodesById(other).get(subject.id);
  if (source === undefined) return draft;
  const nodes = draft.nodes.map((node) => (node.id === subject.id ? (copyFields(node as unknown as Fields, source as unknown as Fields, fields) as unknown as typeof node) : node));
  return withFramesOf(other, { ...draft, nodes }, subject.id);
}

function copyFields(target: Fields, source: Fields, fields: Conflict["fields"]): Fields {
  return fields.reduce((current, { path }) => withValueAt(current, path, valueAt(source, path)), target);
}

function takeEdge(other: Draft, draft: Draft, key: string): Draft {
  const theirs = edgesByKey(other).get(key);
  const own = edgesByKey(draft).get(key);
  const edges = draft.edges.flatMap((edge) => (edge === own ? (theirs ?? []) : edge));
  return { ...draft, edges: own === undefined && theirs !== undefined ? [...draft.edges, theirs] : edges };
}

function withoutNode(other: Draft, draft: Draft, id: string): Draft {
  const stays = nodesById(other);
  const gone = new Set([...withDescendants(draft, [id])].filter((inner) => !stays.has(inner)));
  return { ...draft, nodes: draft.nodes.filter((node) => !gone.has(node.id)), edges: draft.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)) };
}

/** Puts the step in as it is there, with what it holds, the frames it lies in, and the connections that it has there. */
function withNode(other: Draft, draft: Draft, id: string): Draft {
  const wanted = withDescendants(other, [id]);
  const nodes = [...draft.nodes.filter((node) => node.id !== id), ...other.nodes.filter((node) => node.id === id || (wanted.has(node.id) && !draft.nodes.some((own) => own.id === node.id)))];
  const framed = withFramesOf(other, { ...draft, nodes }, id);
  return withEdgesOf(other, framed, new Set([...wanted, ...framed.nodes.map((node) => node.id).filter((inner) => !draft.nodes.some((own) => own.id === inner))]));
}

function withFramesOf(other: Draft, draft: Draft, id: string): Draft {
  const parent = nodesById(draft).get(id)?.parent;
  if (parent === undefined || nodesById(draft).has(parent.id)) return draft;
  const frame = nodesById(other).get(parent.id);
  return frame === undefined ? draft : withFramesOf(other, { ...draft, nodes: [...draft.nodes, frame] }, frame.id);
}

function withEdgesOf(other: Draft, draft: Draft, ids: ReadonlySet<string>): Draft {
  const present = nodesById(draft);
  const own = edgesByKey(draft);
  const missing = [...edgesByKey(other)].filter(([key, { from, to }]) => !own.has(key) && (ids.has(from) || ids.has(to)) && present.has(from) && present.has(to));
  return { ...draft, edges: [...draft.edges, ...missing.map(([, edge]) => edge)] };
}
