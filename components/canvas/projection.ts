import { ArrangementMemory } from "./automatic-boxes";
import type { Flow } from "./flow";
import { projectToFlow } from "./project-to-flow";
import { readGraph, type GraphNode } from "./read-graph";
import type { KindShapes } from "./shapes";

export interface ProjectionOptions {
  isCollapsed?: (node: GraphNode) => boolean;
}

/**
 * Projects one definition after the other. What an edit left as it was keeps its identity, so that a keystroke draws one
 * node anew, not all of them.
 */
export class Projection {
  readonly #memory = new ArrangementMemory();
  readonly #shapes: KindShapes;
  #nodes = new Map<string, Flow["nodes"][number]>();
  #edges = new Map<string, Flow["edges"][number]>();
  #last: Flow = { nodes: [], edges: [] };

  constructor(shapes: KindShapes) {
    this.#shapes = shapes;
  }

  project(document: unknown, options: ProjectionOptions = {}): Flow {
    const flow = projectToFlow(readGraph(document), { shapes: this.#shapes, memory: this.#memory, ...options });
    const nodes = kept(this.#last.nodes, flow.nodes.map((node) => alike(this.#nodes.get(node.id), node)));
    const edges = kept(this.#last.edges, flow.edges.map((edge) => alike(this.#edges.get(edge.id), edge)));
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#edges = new Map(edges.map((edge) => [edge.id, edge]));
    if (nodes !== this.#last.nodes || edges !== this.#last.edges) this.#last = { nodes, edges };
    return this.#last;
  }
}

function alike<Item>(before: Item | undefined, now: Item): Item {
  return before !== undefined && isAlike(before, now) ? before : now;
}

function kept<Item>(before: Item[], now: Item[]): Item[] {
  return before.length === now.length && before.every((item, index) => item === now[index]) ? before : now;
}

/** Equal all through, for values made of plain objects and lists. */
export function isAlike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isAlike((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}
