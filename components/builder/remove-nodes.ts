import { connectionObjection, makeEdge } from "./connections";
import { portOf, withDescendants, type Draft, type DraftEdge } from "./draft";
import { joinConditions } from "./join-conditions";
import { referencesOfEdge } from "./references";

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

/**
 * Cuts nodes off from all others of their slots, and connects what came before with what came after, under the conditions
 * that led through them. Edges among them stay.
 */
export function joinAround(draft: Draft, ids: readonly string[]): Draft {
  const out = withDescendants(draft, ids);
  const rest: Draft = { ...draft, edges: draft.edges.filter((edge) => out.has(edge.from) === out.has(edge.to)) };
  return bridgesOver(draft, out).reduce((current, { edge }) => bridge(current, edge), rest);
}

const isSameWay = (one: DraftEdge, other: DraftEdge) => one.from === other.from && portOf(one) === portOf(other) && one.to === other.to;

/** Whether what follows begins already whenever it would by this one. */
const covers = (one: DraftEdge, edge: DraftEdge) => isSameWay(one, edge) && (one.when === undefined || one.when === edge.when);

/** Conditions that `joinAround` cannot keep: they read what goes, or cannot be joined with others. */
export function lostConditions(draft: Draft, ids: readonly string[]): string[] {
  const out = withDescendants(draft, ids);
  const built = bridgesOver(draft, out).filter(({ edge }) => !draft.edges.some((one) => covers(one, edge)));
  return [...new Set(built.flatMap(({ lost }) => lost))];
}

interface Bridge {
  edge: DraftEdge;
  lost: string[];
}

function bridgesOver(draft: Draft, out: ReadonlySet<string>): Bridge[] {
  return draft.edges
    .filter((edge) => !out.has(edge.from) && out.has(edge.to))
    .flatMap((edge) => waysOver(draft, edge, out).map(({ to, toPort, whens, givenUp }) => {
      const resolves = (when: string) => ![...referencesOfEdge({ from: edge.from, to, when })].some((id) => out.has(id));
      const { when, lost } = joinConditions(whens.filter(resolves));
      const next = { ...makeEdge({ from: edge.from, port: portOf(edge), to }), ...(toPort === undefined ? {} : { toPort }), ...(when === undefined ? {} : { when }) };
      return { edge: next, lost: [...whens.filter((one) => !resolves(one)), ...lost, ...givenUp] };
    }));
}

/** Beside one that is there under another condition: what follows begins when either holds. */
function bridge(draft: Draft, edge: DraftEdge): Draft {
  if (draft.edges.some((one) => covers(one, edge))) return draft;
  const others: Draft = { ...draft, edges: draft.edges.filter((one) => !isSameWay(one, edge)) };
  return connectionObjection(others, { from: edge.from, port: portOf(edge), to: edge.to }) === null ? { ...draft, edges: [...draft.edges, edge] } : draft;
}

interface Way {
  to: string;
  toPort?: string | undefined;
  /** Conditions along the way, in its order. */
  whens: readonly string[];
  /** Conditions of ways to the same node that this one stands for. */
  givenUp: readonly string[];
}

/** Of more ways to one node, the conditions are given up. */
const MAX_WAYS = 16;

/** The ways that begin by an edge into what goes and end at a node that stays. */
function waysOver(draft: Draft, edge: DraftEdge, gone: ReadonlySet<string>): Way[] {
  const found = new Map<string, Way>();
  const counts = new Map<string, number>();
  const waiting: Way[] = [{ to: edge.to, whens: edge.when === undefined ? [] : [edge.when], givenUp: [] }];
  for (let current = waiting.shift(); current !== undefined; current = waiting.shift()) {
    for (const { to, toPort, when } of wayOn(draft, current.to)) {
      const whens = when === undefined || current.whens.includes(when) ? current.whens : [...current.whens, when];
      const count = counts.get(to) ?? 0;
      const way: Way = count < MAX_WAYS ? { to, toPort, whens, givenUp: current.givenUp } : { to, toPort, whens: [], givenUp: [...current.givenUp, ...whens] };
      const key = JSON.stringify([to, way.whens]);
      const known = found.get(key);
      if (known !== undefined) {
        // One that is open by itself takes no condition from any.
        known.givenUp = known.givenUp.length === 0 || way.givenUp.length === 0 ? [] : [...known.givenUp, ...way.givenUp];
        continue;
      }
      counts.set(to, count + 1);
      found.set(key, way);
      if (gone.has(to)) waiting.push(way);
    }
  }
  const ends = [...found.values()].filter(({ to }) => !gone.has(to));
  const open = new Map(ends.filter(({ whens }) => whens.length === 0).map((way) => [way.to, way]));
  for (const { to, whens } of ends) {
    const instead = open.get(to);
    if (instead !== undefined && instead.givenUp.length > 0) instead.givenUp = [...instead.givenUp, ...whens];
  }
  return ends.filter(({ to, whens }) => whens.length === 0 || !open.has(to));
}

function wayOn(draft: Draft, id: string): DraftEdge[] {
  const edges = draft.edges.filter((edge) => edge.from === id && portOf(edge) !== "error");
  const [first] = edges;
  return first === undefined ? [] : edges.filter((edge) => portOf(edge) === portOf(first));
}
