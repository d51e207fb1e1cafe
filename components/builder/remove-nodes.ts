import { connect } from "./connections";
import { portOf, withDescendants, type Draft, type DraftEdge } from "./draft";

/**
 * Removes nodes with what they hold, and connects what came before with what came after: the way on from a branch is that
 * of its first port, never that of its errors.
 */
export function removeNodes(draft: Draft, ids: readonly string[]): Draft {
  const gone = withDescendants(draft, ids);
  const joined = joinAround(draft, ids);
  return {
    ...joined,
    nodes: joined.nodes.filter((node) => !gone.has(node.id)),
    edges: joined.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)),
  };
}

/** Cuts nodes off from all others of their slots, and connects what came before with what came after. Edges among them stay. */
export function joinAround(draft: Draft, ids: readonly string[]): Draft {
  const out = withDescendants(draft, ids);
  const bridges = draft.edges.filter((edge) => !out.has(edge.from) && out.has(edge.to));
  const rest: Draft = { ...draft, edges: draft.edges.filter((edge) => out.has(edge.from) === out.has(edge.to)) };
  return bridges.reduce((current, edge) => bridge(current, edge, successorsOf(draft, edge.to, out)), rest);
}

function bridge(draft: Draft, edge: DraftEdge, targets: readonly string[]): Draft {
  return targets.reduce((current, to) => {
    const next = connect(current, { from: edge.from, port: portOf(edge), to });
    if (next === current || edge.when === undefined) return next;
    return { ...next, edges: next.edges.map((one, index) => (index === next.edges.length - 1 ? { ...one, when: edge.when } : one)) };
  }, draft);
}

/** The nodes that stay and come next after one that goes. */
function successorsOf(draft: Draft, id: string, gone: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [id];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (seen.has(current)) continue;
    seen.add(current);
    for (const to of wayOn(draft, current)) {
      if (gone.has(to)) waiting.push(to);
      else found.add(to);
    }
  }
  return [...found];
}

function wayOn(draft: Draft, id: string): string[] {
  const edges = draft.edges.filter((edge) => edge.from === id && portOf(edge) !== "error");
  const [first] = edges;
  return first === undefined ? [] : edges.filter((edge) => portOf(edge) === portOf(first)).map(({ to }) => to);
}
