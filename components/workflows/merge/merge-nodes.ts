import { withDescendants, type Draft, type DraftNode } from "@/components/builder/draft";
import { isSameValue } from "@/server/nodes/same-value";
import { nodesById, type Conflict } from "./conflict";
import { mergeFields, valueAt, withValueAt, type FieldConflict, type FieldRules, type Fields } from "./merge-fields";

type Nodes = Map<string, DraftNode>;

export interface MergedNodes {
  merged: Nodes;
  ground: Nodes;
  conflicts: Map<string, Conflict>;
  /** Steps that they deleted and that stay until I am asked. */
  held: Set<string>;
  /** Steps of theirs that I deleted, or whose frame I deleted, and that wait until I am asked. */
  waiting: Set<string>;
}

interface Sides {
  base: Nodes;
  mine: Nodes;
  theirs: Nodes;
}

export function mergeNodes(base: Draft, mine: Draft, theirs: Draft): MergedNodes {
  const sides: Sides = { base: nodesById(base), mine: nodesById(mine), theirs: nodesById(theirs) };
  const result: MergedNodes = { merged: new Map(), ground: new Map(), conflicts: new Map(), held: new Set(), waiting: new Set() };
  for (const id of new Set([...sides.mine.keys(), ...sides.theirs.keys()])) mergeNode(id, sides, result);
  keepFramesOfMine(mine, sides, result);
  holdBackFramesOfTheirs(sides, result);
  untangle(sides, result);
  return result;
}

function mergeNode(id: string, { base, mine, theirs }: Sides, { merged, ground, conflicts }: MergedNodes): void {
  const [before, own, other] = [base.get(id), mine.get(id), theirs.get(id)];
  if (own !== undefined && other !== undefined) {
    const fields = mergeFields((before ?? {}) as Fields, own as unknown as Fields, other as unknown as Fields, NODE_RULES);
    merged.set(id, fields.merged as unknown as DraftNode);
    ground.set(id, fields.ground as unknown as DraftNode);
    if (fields.conflicts.length > 0) conflicts.set(id, { subject: { type: "node", id }, name: nameOf(own), kind: "changed", fields: fields.conflicts, inside: [] });
  } else if (own !== undefined) {
    const changes = before === undefined ? [] : changesOf(before, own, "mine");
    if (before !== undefined && changes.length === 0) return;
    merged.set(id, own);
    if (before === undefined) return;
    ground.set(id, before);
    conflicts.set(id, { subject: { type: "node", id }, name: nameOf(own), kind: "deletedByThem", fields: changes, inside: [] });
  } else if (other !== undefined) {
    if (before === undefined) {
      merged.set(id, other);
      ground.set(id, other);
      return;
    }
    const changes = changesOf(before, other, "theirs");
    ground.set(id, changes.length === 0 ? other : before);
    if (changes.length > 0) conflicts.set(id, { subject: { type: "node", id }, name: nameOf(other), kind: "deletedByMe", fields: changes, inside: [] });
  }
}

/** Where a step lies on the canvas is no reason to keep one that was deleted, or to ask anybody. */
const LAYOUT = new Set(["position", "size"]);
const NODE_RULES: FieldRules = { isDeep: ([field]) => field === "config", isTrivial: ([field]) => LAYOUT.has(field ?? "") };

function changesOf(before: DraftNode, after: DraftNode, side: "mine" | "theirs"): FieldConflict[] {
  const one = before as unknown as Fields;
  const other = after as unknown as Fields;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key): FieldConflict[] => {
    if (LAYOUT.has(key) || isSameValue(one[key], other[key])) return [];
    const base = one[key];
    return [side === "mine" ? { path: [key], base, mine: other[key], theirs: undefined } : { path: [key], base, mine: undefined, theirs: other[key] }];
  });
}

/** A frame that they deleted stays while something of mine is in it, and with it all that it held. */
function keepFramesOfMine(draft: Draft, { base, mine, theirs }: Sides, { merged, ground, conflicts, held }: MergedNodes): void {
  const keep = (node: DraftNode) => {
    held.add(node.id);
    merged.set(node.id, node);
    const before = base.get(node.id);
    if (before !== undefined) ground.set(node.id, before);
  };
  const waiting = [...merged.values()];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const frame = node.parent === undefined ? undefined : mine.get(node.parent.id);
    if (frame === undefined || merged.has(frame.id) || theirs.has(frame.id)) continue;
    keep(frame);
    conflicts.set(frame.id, { subject: { type: "node", id: frame.id }, name: nameOf(frame), kind: "deletedByThem", fields: [], inside: [nameOf(node)] });
    waiting.push(frame);
  }
  const asked = [...conflicts.values()].flatMap(({ subject, kind }) => (kind === "deletedByThem" && subject.type === "node" ? [subject.id] : []));
  const parentOf = (id: string) => (merged.get(id) ?? mine.get(id))?.parent?.id;
  for (const id of asked) for (const inner of withDescendants(draft, [id])) if (!theirs.has(inner) && liesIn(inner, id, parentOf)) keep(mine.get(inner)!);
}

/** Whether it is the frame, or still in it: what lay in between may have been moved elsewhere. */
function liesIn(id: string, frame: string, parentOf: (id: string) => string | undefined): boolean {
  const passed = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !passed.has(at); at = parentOf(at)) {
    if (at === frame) return true;
    passed.add(at);
  }
  return false;
}

/** What they put into a frame that I deleted is held back with it, and I am asked. */
function holdBackFramesOfTheirs({ base, mine, theirs }: Sides, { merged, ground, conflicts, waiting }: MergedNodes): void {
  for (const { subject, kind } of conflicts.values()) if (kind === "deletedByMe" && subject.type === "node") waiting.add(subject.id);
  const frameOf = new Map<string, string>();
  const isStranded = ({ id, parent }: DraftNode) => parent !== undefined && !mine.has(id) && !merged.has(parent.id) && theirs.has(parent.id);
  for (let stranded = [...merged.values()].filter(isStranded); stranded.length > 0; stranded = [...merged.values()].filter(isStranded)) {
    for (const node of stranded) {
      const frame = frameOf.get(node.parent!.id) ?? node.parent!.id;
      frameOf.set(node.id, frame);
      merged.delete(node.id);
      ground.delete(node.id);
      for (const id of [node.id, frame]) waiting.add(id);
      const earlier = conflicts.get(frame);
      const inside = [...(earlier?.inside ?? []), nameOf(node)];
      conflicts.set(frame, { subject: { type: "node", id: frame }, name: nameOf(theirs.get(frame)!), kind: "deletedByMe", fields: earlier?.fields ?? [], inside });
      const before = base.get(frame);
      if (before !== undefined) ground.set(frame, before);
    }
  }
}

/** Two moves may put frames into each other, or a step into a frame that I deleted: there, mine stands and theirs is asked about. */
function untangle({ base, mine, theirs }: Sides, { merged, ground, conflicts }: MergedNodes): void {
  for (let misplaced = misplacedIn(merged); misplaced.length > 0; misplaced = misplacedIn(merged)) {
    const movedByThem = misplaced.filter((id) => mine.has(id) && !isSameValue(mine.get(id)?.parent, merged.get(id)?.parent));
    if (movedByThem.length === 0) return;
    for (const id of movedByThem) {
      const own = mine.get(id)!;
      const path = ["parent"];
      const [before, other] = [valueAt((base.get(id) ?? {}) as Fields, path), theirs.get(id)?.parent];
      merged.set(id, withValueAt(merged.get(id) as unknown as Fields, path, own.parent) as unknown as DraftNode);
      ground.set(id, withValueAt((ground.get(id) ?? {}) as Fields, path, before) as unknown as DraftNode);
      const fields = [...(conflicts.get(id)?.fields ?? []).filter((field) => field.path[0] !== "parent"), { path, base: before, mine: own.parent, theirs: other }];
      conflicts.set(id, { subject: { type: "node", id }, name: nameOf(own), kind: "changed", fields, inside: [] });
    }
  }
}

function misplacedIn(nodes: Nodes): string[] {
  const lost = [...nodes.values()].filter(({ parent }) => parent !== undefined && !nodes.has(parent.id)).map(({ id }) => id);
  return [...lost, ...circleIn(nodes)];
}

/** The steps of one circle of frames. */
function circleIn(nodes: Nodes): string[] {
  const sound = new Set<string>();
  for (const id of nodes.keys()) {
    const chain: string[] = [];
    for (let current: string | undefined = id; current !== undefined && !sound.has(current); current = nodes.get(current)?.parent?.id) {
      if (chain.includes(current)) return chain.slice(chain.indexOf(current));
      chain.push(current);
    }
    for (const passed of chain) sound.add(passed);
  }
  return [];
}

export function nameOf(node: DraftNode): string {
  return typeof node.name === "string" && node.name.trim() !== "" ? node.name : node.id;
}
