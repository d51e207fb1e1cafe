import { nodeIdSchema } from "@/server/engine/definition";
import { findNode, type Draft, type DraftEdge, type DraftNode } from "./draft";
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

/** Renames an output port of a node in the edges that leave it, such as a case of a switch. */
export function renamePort(draft: Draft, id: string, port: string, next: string): Draft {
  return { ...draft, edges: draft.edges.map((edge) => (edge.from === id && edge.port === port ? { ...edge, port: next } : edge)) };
}
