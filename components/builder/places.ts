import { findNode, portOf, portsOfNode, slotsOfNode, type Draft } from "./draft";
import type { Place } from "./insert-node";

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

/** The end of a workflow that has only one. */
function afterLast(draft: Draft): NamedPlace[] {
  const ends = draft.nodes.filter((node) => node.parent === undefined && portsOfNode(node).length > 0 && !draft.edges.some((edge) => edge.from === node.id));
  return ends.length === 1 ? placesAt(draft, ends[0]!.id) : [];
}

export function nameOf(draft: Draft, id: string): string {
  const name = findNode(draft, id)?.name;
  return name === undefined || name.trim() === "" ? id : name;
}
