import { findNode, isTrigger, portOf, slotKey, type Draft, type DraftEdge, type DraftNode } from "./draft";

export interface Connection {
  from: string;
  port: string;
  to: string;
}

/** Why two nodes cannot be connected; null when they can. */
export function connectionObjection(draft: Draft, { from, port, to }: Connection): string | null {
  const source = findNode(draft, from);
  const target = findNode(draft, to);
  if (source === undefined || target === undefined) return "One of the two steps does not exist any more.";
  if (from === to) return "A step cannot follow itself. Use a loop.";
  if (isTrigger(target.kind)) return "Nothing leads into a trigger: runs begin there.";
  if (slotKey(source.parent) !== slotKey(target.parent)) return "Connections join only steps of the same frame.";
  if (draft.edges.some((edge) => edge.from === from && portOf(edge) === port && edge.to === to)) return "These two are connected already.";
  if (isReachable(draft, to, from)) return "That would go in a circle. Use a loop.";
  return null;
}

/** The draft itself when there is an objection. */
export function connect(draft: Draft, connection: Connection): Draft {
  if (connectionObjection(draft, connection) !== null) return draft;
  return { ...draft, edges: [...draft.edges, makeEdge(connection)] };
}

export function disconnect(draft: Draft, indexes: readonly number[]): Draft {
  return { ...draft, edges: draft.edges.filter((_, index) => !indexes.includes(index)) };
}

/** `out` is the port of an edge that names none. */
export function makeEdge({ from, port, to }: Connection): DraftEdge {
  return port === "out" ? { from, to } : { from, port, to };
}

/** Edges whose ends no longer lie in the same slot, and the draft without them. */
export function dropCrossingEdges(draft: Draft): { draft: Draft; removed: DraftEdge[] } {
  const keys = new Map(draft.nodes.map((node) => [node.id, slotKey(node.parent)]));
  const removed = draft.edges.filter((edge) => keys.get(edge.from) !== keys.get(edge.to));
  return removed.length === 0 ? { draft, removed } : { draft: { ...draft, edges: draft.edges.filter((edge) => !removed.includes(edge)) }, removed };
}

/** The nodes that a port can be connected to: what `connectionObjection` has nothing against, found in one walk. */
export function targetsOf(draft: Draft, from: string): (port: string) => DraftNode[] {
  const source = findNode(draft, from);
  if (source === undefined) return () => [];
  const before = ancestorsOf(draft, from);
  const slot = slotKey(source.parent);
  const open = draft.nodes.filter(({ id, kind, parent }) => !before.has(id) && !isTrigger(kind) && slotKey(parent) === slot);
  return (port) => {
    const connected = new Set(draft.edges.filter((edge) => edge.from === from && portOf(edge) === port).map(({ to }) => to));
    return open.filter(({ id }) => !connected.has(id));
  };
}

/** The node itself and all from which a way leads to it. */
function ancestorsOf(draft: Draft, id: string): ReadonlySet<string> {
  const sources = new Map<string, string[]>();
  for (const { from, to } of draft.edges) {
    const known = sources.get(to);
    if (known === undefined) sources.set(to, [from]);
    else known.push(from);
  }
  const seen = new Set([id]);
  for (const one of seen) for (const from of sources.get(one) ?? []) seen.add(from);
  return seen;
}

function isReachable(draft: Draft, start: string, goal: string): boolean {
  const seen = new Set([start]);
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === goal) return true;
    for (const edge of draft.edges) {
      if (edge.from !== id || seen.has(edge.to)) continue;
      seen.add(edge.to);
      waiting.push(edge.to);
    }
  }
  return false;
}
