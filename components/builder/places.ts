import { targetsOf, type Connection } from "./connections";
import { findNode, portOf, portsOfNode, slotKey, slotsOfNode, type Draft, type Parent } from "./draft";
import type { Place } from "./insert-node";
import { edgeObjection } from "./move-into-edge";
import { moveObjection } from "./move-nodes";

export interface NamedPlace {
  label: string;
  place: Place;
}

/** Where a new step can go, seen from what is selected: the likeliest first. */
export function placesFor(draft: Draft, selected: readonly string[], edgeIndexes: readonly number[] = []): NamedPlace[] {
  const edges = edgeIndexes.flatMap((index): NamedPlace[] => {
    const edge = draft.edges[index];
    return edge === undefined ? [] : [{ label: `Between ${nameOf(draft, edge.from)} and ${nameOf(draft, edge.to)}`, place: { at: "edge", index } }];
  });
  const own = selected.length === 1 ? placesAt(draft, selected[0]!) : [];
  return [...edges, ...own, ...(own.length === 0 && edges.length === 0 ? afterLast(draft) : []), { label: "Without a connection", place: { at: "free" } }];
}

function placesAt(draft: Draft, id: string): NamedPlace[] {
  const node = findNode(draft, id);
  if (node === undefined) return [];
  const name = nameOf(draft, id);
  const ports = portsOfNode(node);
  const isUsed = (port: string) => draft.edges.some((edge) => edge.from === id && portOf(edge) === port);
  const after = [...ports.filter((port) => !isUsed(port)), ...ports.filter(isUsed)].map((port): NamedPlace => ({
    label: ports.length > 1 ? `After ${name}, port ${port}` : `After ${name}`,
    place: { at: "port", from: id, port },
  }));
  const inside = (slotsOfNode(node) ?? []).map((slot): NamedPlace => ({ label: `Inside ${name}, ${slot}`, place: { at: "free", parent: { id, slot } } }));
  const isEmpty = !draft.nodes.some((child) => child.parent?.id === id);
  return isEmpty ? [...inside, ...after] : [...after, ...inside];
}

/** Where the selected steps can be moved to: into the middle of edges, into frames, and out of them. */
export function destinationsFor(draft: Draft, ids: readonly string[]): Destination[] {
  const edges = draft.edges.flatMap((edge, index): Destination[] =>
    edgeObjection(draft, ids, index) === null ? [{ label: `Between ${nameOf(draft, edge.from)}${portOf(edge) === "out" ? "" : ` (${portOf(edge)})`} and ${nameOf(draft, edge.to)}`, to: { edge: index } }] : [],
  );
  const slots = draft.nodes.flatMap((node) => (slotsOfNode(node) ?? []).map((slot) => ({ id: node.id, slot })));
  const isElsewhere = (parent: Parent | undefined) => ids.some((id) => slotKey(findNode(draft, id)?.parent) !== slotKey(parent));
  const frames = slots.flatMap((parent): Destination[] =>
    isElsewhere(parent) && moveObjection(draft, ids, parent) === null ? [{ label: `Inside ${nameOf(draft, parent.id)}, ${parent.slot}`, to: { parent } }] : [],
  );
  return [...edges, ...frames, ...(isElsewhere(undefined) ? [{ label: "Out of all frames", to: { parent: undefined } }] : [])];
}

export interface Destination {
  label: string;
  to: { edge: number } | { parent: Parent | undefined };
}

/** What a step can be connected to, from each of its ports. */
export function connectionsFrom(draft: Draft, id: string): { label: string; connection: Connection }[] {
  const node = findNode(draft, id);
  if (node === undefined) return [];
  const ports = portsOfNode(node);
  const targetsAt = targetsOf(draft, id);
  return ports.flatMap((port) =>
    targetsAt(port)
      .map((other) => ({ label: ports.length > 1 ? `${port} → ${nameOf(draft, other.id)}` : nameOf(draft, other.id), connection: { from: id, port, to: other.id } })),
  );
}

/** The end of a workflow that has only one. */
function afterLast(draft: Draft): NamedPlace[] {
  const ends = draft.nodes.filter((node) => node.parent === undefined && portsOfNode(node).length > 0 && !draft.edges.some((edge) => edge.from === node.id));
  return ends.length === 1 ? placesAt(draft, ends[0]!.id) : [];
}

export function nameOf(draft: Draft, id: string): string {
  const name = findNode(draft, id)?.name;
  return name === undefined || name.trim() === "" ? id : name;
}
