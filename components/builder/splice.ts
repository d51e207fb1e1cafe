import { makeEdge } from "./connections";
import { findNode, portsOfNode, type Draft, type DraftEdge } from "./draft";

/** Leads an edge through some nodes of its slot: into those where they begin, and on from those where they end. */
export function splice(draft: Draft, edge: DraftEdge, ids: readonly string[]): Draft {
  const chosen = new Set(ids);
  const within = draft.edges.filter(({ from, to }) => chosen.has(from) && chosen.has(to));
  const first = ids.filter((id) => !within.some(({ to }) => to === id));
  const last = ids.filter((id) => !within.some(({ from }) => from === id));
  const { to, toPort, ...start } = edge;
  const before = first.map((id): DraftEdge => ({ ...start, to: id }));
  const after = last.flatMap((id): DraftEdge[] => {
    const node = findNode(draft, id);
    const port = node === undefined ? undefined : portsOfNode(node)[0];
    return port === undefined ? [] : [{ ...makeEdge({ from: id, port, to }), ...(toPort === undefined ? {} : { toPort }) }];
  });
  return { ...draft, edges: draft.edges.flatMap((one) => (one === edge ? [...before, ...after] : [one])) };
}
