import { nodeIdSchema } from "@/server/engine/definition";
import { findNode, portsOfNode, slotsOfNode, type Draft, type DraftEdge, type DraftNode } from "./draft";
import { renameInEdge, renameInNode, renameInRun } from "./references";

/** Fields of a node that are set without regard to others; undefined takes a field away. */
export type NodePatch = Partial<Omit<DraftNode, "id" | "kind" | "parent">>;

export function changeNode(draft: Draft, id: string, patch: NodePatch): Draft {
  const change = (node: DraftNode): DraftNode => {
    if (node.id !== id) return node;
    const merged = { ...node, ...patch };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as DraftNode;
  };
  return { ...draft, nodes: draft.nodes.map(change) };
}

/** Why a node cannot have this id; null when it can. */
export function renameObjection(draft: Draft, id: string, next: string): string | null {
  if (next === id) return null;
  const parsed = nodeIdSchema.safeParse(next);
  if (!parsed.success) return `The id ${parsed.error.issues[0]?.message ?? "is not allowed"}.`;
  return findNode(draft, next) === undefined ? null : "Another step has this id.";
}

/** Gives a node another id, and every expression, edge and child that names it. */
export function renameNode(draft: Draft, id: string, next: string): Draft {
  if (next === id || renameObjection(draft, id, next) !== null) return draft;
  const rename = (old: string) => (old === id ? next : old);
  const renameNodeItself = (node: DraftNode): DraftNode => {
    const renamed = renameInNode(node, rename);
    return { ...renamed, id: rename(node.id), ...(node.parent === undefined ? {} : { parent: { ...node.parent, id: rename(node.parent.id) } }) };
  };
  const renameEdge = (edge: DraftEdge): DraftEdge => ({ ...renameInEdge(edge, rename), from: rename(edge.from), to: rename(edge.to) });
  return renameInRun({ ...draft, nodes: draft.nodes.map(renameNodeItself), edges: draft.edges.map(renameEdge) }, rename);
}

/** Sets a node's config. A port or slot that is called otherwise afterwards, such as a case, keeps its edges and children. */
export function changeConfig(draft: Draft, id: string, config: Record<string, unknown>): Draft {
  const before = findNode(draft, id);
  if (before === undefined) return draft;
  const next = changeNode(draft, id, { config });
  const after = { ...before, config };
  const port = renamedIn(portsOfNode(before), portsOfNode(after));
  const slot = renamedIn(slotsOfNode(before) ?? [], slotsOfNode(after) ?? []);
  return {
    ...next,
    edges: port === null ? next.edges : next.edges.map((edge) => (edge.from === id && edge.port === port.from ? { ...edge, port: port.to } : edge)),
    nodes: slot === null ? next.nodes : next.nodes.map((node) => (node.parent?.id === id && node.parent.slot === slot.from ? { ...node, parent: { id, slot: slot.to } } : node)),
  };
}

/** The one name that differs between two lists of the same length. */
function renamedIn(before: readonly string[], after: readonly string[]): { from: string; to: string } | null {
  if (before.length !== after.length) return null;
  const different = before.flatMap((from, index) => (from === after[index] ? [] : [{ from, to: after[index]! }]));
  const [only] = different;
  return only === undefined || different.length > 1 || after.includes(only.from) || before.includes(only.to) || only.to === "" ? null : only;
}

/** Sets the condition of an edge; an empty text takes it away. */
export function changeCondition(draft: Draft, index: number, when: string): Draft {
  const change = (edge: DraftEdge): DraftEdge => {
    const { when: _when, ...rest } = edge;
    return when.trim() === "" ? rest : { ...rest, when };
  };
  return { ...draft, edges: draft.edges.map((edge, place) => (place === index ? change(edge) : edge)) };
}
