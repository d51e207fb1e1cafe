import type { Draft, DraftEdge } from "@/components/builder/draft";
import { portOf } from "@/components/builder/draft";
import type { FieldConflict } from "./merge-fields";

/** What a conflict is about: a step, a connection, or what the workflow has outside of them. */
export type Subject = { type: "node"; id: string } | { type: "edge"; key: string } | { type: "run" };

/** Something that both sides changed in ways that cannot both stand. Until it is settled, mine shows and nothing is saved. */
export interface Conflict {
  subject: Subject;
  /** As people call it. */
  name: string;
  kind: "changed" | "deletedByMe" | "deletedByThem";
  /** Fields that collide; of something deleted, the fields that the other side changed. */
  fields: readonly FieldConflict[];
  /** Names of steps that the other side put inside of a deleted frame. */
  inside: readonly string[];
}

/** A connection that was given up because one of its ends is deleted. */
export interface LostEdge {
  edge: DraftEdge;
  by: "me" | "them";
  missing: string;
}

export interface Merge {
  /** Both edits; where they collide, mine. */
  merged: Draft;
  /** What to merge over the next time, so that settled and harmless edits are not asked about again. */
  ground: Draft;
  conflicts: readonly Conflict[];
  lost: readonly LostEdge[];
  /** Steps that I added under an id that the other side had taken meanwhile, with their new ids. */
  renamed: ReadonlyMap<string, string>;
  news: News;
}

/** What came from the other side, by the names of steps. */
export interface News {
  added: readonly string[];
  removed: readonly string[];
  changed: readonly string[];
  /** Ids of all steps that are different now. */
  touched: ReadonlySet<string>;
  /** Only connections, or the settings of the workflow. */
  isOther: boolean;
}

export function keyOfSubject(subject: Subject): string {
  if (subject.type === "run") return "run";
  return subject.type === "node" ? `node ${subject.id}` : `edge ${subject.key}`;
}

/** Edges by what they join; equal ones are numbered. */
export function edgesByKey(draft: Draft): Map<string, DraftEdge> {
  const found = new Map<string, DraftEdge>();
  for (const edge of draft.edges) {
    const name = `${edge.from} ${portOf(edge)} ${edge.to} ${edge.toPort ?? ""}`;
    let key = name;
    for (let count = 2; found.has(key); count++) key = `${name} #${count}`;
    found.set(key, edge);
  }
  return found;
}

export function nodesById(draft: Draft): Map<string, Draft["nodes"][number]> {
  return new Map(draft.nodes.map((node) => [node.id, node]));
}
