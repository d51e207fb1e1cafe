import type { DefinitionInput } from "@/server/engine/definition";
import { findKind } from "@/server/nodes/catalog";

/** A draft as people write it: defaults may be left out, and fields may still hold what the validator will refuse. */
export type Draft = DefinitionInput;
export type DraftNode = Draft["nodes"][number];
export type DraftEdge = Draft["edges"][number];
export type Parent = NonNullable<DraftNode["parent"]>;
export interface Point {
  x: number;
  y: number;
}

/** Null when nodes or edges cannot be told apart: such a draft is edited as text. */
export function readDraft(document: unknown): Draft | null {
  if (!isObject(document) || !Array.isArray(document.nodes) || !Array.isArray(document.edges)) return null;
  const ids = new Set<unknown>();
  for (const node of document.nodes as unknown[]) {
    if (!isObject(node) || typeof node.id !== "string" || typeof node.kind !== "string" || ids.has(node.id)) return null;
    if (node.config !== undefined && !isObject(node.config)) return null;
    if (node.parent !== undefined && !(isObject(node.parent) && typeof node.parent.id === "string" && typeof node.parent.slot === "string")) return null;
    ids.add(node.id);
  }
  const areEdges = (document.edges as unknown[]).every((edge) => isObject(edge) && typeof edge.from === "string" && typeof edge.to === "string");
  return areEdges ? (document as unknown as Draft) : null;
}

export function findNode(draft: Draft, id: string): DraftNode | undefined {
  return draft.nodes.find((node) => node.id === id);
}

/** `""` for the outermost level. */
export function slotKey(parent: Parent | undefined): string {
  return parent === undefined ? "" : `${parent.id}:${parent.slot}`;
}

export function isTrigger(kind: string): boolean {
  return kind.startsWith("trigger.");
}

export function portOf(edge: DraftEdge): string {
  return edge.port ?? "out";
}

/** Ports that the node's own config gives it. */
export function portsOfNode(node: DraftNode): string[] {
  const own = attempt(() => findKind(node.kind)?.ports(node.config ?? {}), ["out"]);
  return node.onError === "route" ? [...own, "error"] : own;
}

/** Null for a node that holds no others. */
export function slotsOfNode(node: DraftNode): string[] | null {
  const spec = findKind(node.kind);
  return spec?.slots === undefined ? null : attempt(() => spec.slots?.(node.config ?? {}), []);
}

/** The nodes and everything inside of them. */
export function withDescendants(draft: Draft, ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const node of draft.nodes) if (node.parent !== undefined && all.has(node.parent.id)) all.add(node.id);
  }
  return all;
}

/** The given id, or the first of `id_2`, `id_3` … that is free. */
export function freshId(wanted: string, taken: ReadonlySet<string>): string {
  const cleaned = wanted.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z]+/, "").slice(0, 56);
  const base = cleaned === "" || cleaned in Object.prototype ? "step" : cleaned;
  if (!taken.has(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let count = 2; ; count++) if (!taken.has(`${stem}_${count}`)) return `${stem}_${count}`;
}

export function idsOf(draft: Draft): Set<string> {
  return new Set(draft.nodes.map(({ id }) => id));
}

/** Whether the nodes of a slot lie where someone put them; otherwise the canvas lays them out. */
export function isArranged(draft: Draft, key: string): boolean {
  const places = draft.nodes.filter((node) => slotKey(node.parent) === key).map(({ position }) => (position === undefined ? null : `${position.x},${position.y}`));
  if (places.length < 2) return key === "" && places.length === 1 && places[0] !== null && places[0] !== "0,0";
  return !places.includes(null) && new Set(places).size > 1;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A draft's config may have any shape; a kind that cannot read it has its plain form. */
function attempt(read: () => string[] | undefined, plain: string[]): string[] {
  try {
    return read() ?? plain;
  } catch {
    return plain;
  }
}
