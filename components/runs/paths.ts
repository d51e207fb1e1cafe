import type { Graph, GraphNode } from "@/components/canvas/read-graph";

/** Kinds whose children run once per iteration: `loop[3]/child`. */
const LOOP_KINDS = new Set(["forEach", "while"]);

/** The chosen iteration of each loop execution, by its path. */
export type Iterations = Readonly<Record<string, number>>;

export interface PathParts {
  /** Path of the enclosing container execution, or null at the run's level. */
  parent: string | null;
  nodeId: string;
  /** Set for an iteration (`loop[3]`). */
  iteration: number | null;
}

const LAST_PART = /^(?:(.*)\/)?([^/[\]]+)(?:\[(\d+)\])?$/s;

export function isLoop(node: GraphNode): boolean {
  return LOOP_KINDS.has(node.kind);
}

export function splitPath(path: string): PathParts {
  const match = LAST_PART.exec(path);
  if (match === null) return { parent: null, nodeId: path, iteration: null };
  return { parent: match[1] ?? null, nodeId: match[2] ?? path, iteration: match[3] === undefined ? null : Number(match[3]) };
}

/** `loop[3]` of loop `loop`, or null. */
export function iterationPath(loopPath: string, index: number): string {
  return `${loopPath}[${index}]`;
}

/** Where a node runs, given which iteration of each loop around it is looked at. Null: that loop has no iteration yet. */
export function pathOfNode(node: GraphNode, byId: ReadonlyMap<string, GraphNode>, iterations: Iterations): string | null {
  if (node.parent === null) return node.id;
  const parent = byId.get(node.parent.id);
  if (parent === undefined) return node.id;
  const outer = pathOfNode(parent, byId, iterations);
  if (outer === null) return null;
  if (!isLoop(parent)) return `${outer}/${node.id}`;
  const index = iterations[outer];
  return index === undefined ? null : `${iterationPath(outer, index)}/${node.id}`;
}

/** The iterations that a path goes through: `a[1]/b[2]/c` → `a`: 1, `a[1]/b`: 2. */
export function iterationsIn(path: string): Iterations {
  const found: Record<string, number> = {};
  for (const match of path.matchAll(/\[(\d+)\](?=\/|$)/g)) found[path.slice(0, match.index)] = Number(match[1]);
  return found;
}

/** The same place in another iteration of the loop; a path outside of it stays. */
export function withIteration(path: string, loop: string, index: number): string {
  const rest = path.startsWith(`${loop}[`) ? /^\[\d+\](.*)$/s.exec(path.slice(loop.length)) : null;
  return rest === null ? path : iterationPath(loop, index) + (rest[1] ?? "");
}

export function nodesById(graph: Graph): ReadonlyMap<string, GraphNode> {
  return new Map(graph.nodes.map((node) => [node.id, node]));
}
