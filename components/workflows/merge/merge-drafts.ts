import { renameNode } from "@/components/builder/change-node";
import { freshId, idsOf, type Draft } from "@/components/builder/draft";
import { isSameValue } from "@/server/nodes/same-value";
import { edgesByKey, nodesById, type Conflict, type Merge, type News } from "./conflict";
import { mergeEdges, nameOfEdge } from "./merge-edges";
import { mergeFields, type Fields } from "./merge-fields";
import { mergeNodes, nameOf } from "./merge-nodes";
import { weave } from "./weave";

/**
 * Three-way merge of a draft: what I and somebody else made of the same base. Edits of different steps, connections and
 * fields both stand; where they collide mine is shown, and the collision is named so that a person decides.
 */
export function mergeDrafts(base: Draft, mine: Draft, theirs: Draft): Merge {
  const { draft: own, renamed } = renameTwins(base, mine, theirs);
  const nodes = mergeNodes(base, own, theirs);
  const edges = mergeEdges(base, own, theirs, nodes);
  const run = mergeFields(aroundOf(base), aroundOf(own), aroundOf(theirs), { isDeep: () => true });
  const nodeOrder = weave(keysOf(nodesById(base)), keysOf(nodesById(own)), keysOf(nodesById(theirs)), new Set(nodes.merged.keys()));
  const edgeOrder = weave(keysOf(edgesByKey(base)), keysOf(edgesByKey(own)), keysOf(edgesByKey(theirs)), new Set(edges.merged.keys()));
  const merged = { ...run.merged, nodes: nodeOrder.map((id) => nodes.merged.get(id)!), edges: edgeOrder.map((key) => edges.merged.get(key)!) } as unknown as Draft;
  const ground = { ...run.ground, nodes: [...nodes.ground.values()], edges: [...edges.ground.values()] } as unknown as Draft;
  const conflicts = [
    ...nodes.conflicts.values(),
    ...edges.conflicts.map((conflict) => ({ ...conflict, name: nameInEither(conflict, own, theirs) })),
    ...(run.conflicts.length === 0 ? [] : [{ subject: { type: "run" }, name: "The workflow", kind: "changed", fields: run.conflicts, inside: [] } satisfies Conflict]),
  ];
  return { merged: isSameValue(merged, own) ? own : merged, ground, conflicts, lost: edges.lost, renamed, news: newsOf(own, merged) };
}

/** Both may have added a step under the same id: mine gets another one. */
function renameTwins(base: Draft, mine: Draft, theirs: Draft): { draft: Draft; renamed: Map<string, string> } {
  const before = idsOf(base);
  const others = nodesById(theirs);
  const taken = new Set([...idsOf(mine), ...others.keys(), ...before]);
  const renamed = new Map<string, string>();
  let draft = mine;
  for (const node of mine.nodes) {
    const twin = others.get(node.id);
    if (before.has(node.id) || twin === undefined || isSameValue(twin, node)) continue;
    const id = freshId(node.id, taken);
    taken.add(id);
    renamed.set(node.id, id);
    draft = renameNode(draft, node.id, id);
  }
  return { draft, renamed };
}

/** All of a definition but its nodes and edges. */
function aroundOf(draft: Draft): Fields {
  const { nodes: _nodes, edges: _edges, ...rest } = draft;
  return rest;
}

function newsOf(before: Draft, after: Draft): News {
  const [old, now] = [nodesById(before), nodesById(after)];
  const added = after.nodes.filter(({ id }) => !old.has(id));
  const removed = before.nodes.filter(({ id }) => !now.has(id));
  const differs = after.nodes.filter((node) => old.has(node.id) && !isSameValue(old.get(node.id), node));
  const changed = differs.filter((node) => !isSameValue(withoutLayout(old.get(node.id)!), withoutLayout(node)));
  return {
    added: added.map(nameOf),
    removed: removed.map(nameOf),
    changed: changed.map(nameOf),
    touched: new Set([...added, ...removed, ...differs].map(({ id }) => id)),
    isOther: !isSameValue(before.edges, after.edges) || !isSameValue(aroundOf(before), aroundOf(after)),
  };
}

function withoutLayout({ position: _position, size: _size, ...rest }: Draft["nodes"][number]) {
  return rest;
}

function nameInEither(conflict: Conflict, mine: Draft, theirs: Draft): string {
  if (conflict.subject.type !== "edge") return conflict.name;
  const { key } = conflict.subject;
  const own = edgesByKey(mine).get(key);
  const other = edgesByKey(theirs).get(key);
  return own !== undefined ? nameOfEdge(own, mine) : other !== undefined ? nameOfEdge(other, theirs) : conflict.name;
}

function keysOf(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()];
}
