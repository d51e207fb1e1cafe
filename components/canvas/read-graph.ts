/** A definition as the canvas needs it. A draft may be broken in any way: what cannot be drawn is left out. */
export interface GraphNode {
  id: string;
  kind: string;
  name: string;
  parent: { id: string; slot: string } | null;
  config: Record<string, unknown>;
  position: { x: number; y: number } | null;
  disabled: boolean;
  onError: string | null;
  retries: boolean;
  /** Index in `nodes` of the document, for JSON pointers. */
  index: number;
}

export interface GraphEdge {
  from: string;
  port: string;
  to: string;
  when: string | null;
  index: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export function readGraph(document: unknown): Graph {
  const source = asObject(document);
  const byId = new Map<string, GraphNode>();
  asList(source.nodes).forEach((entry, index) => {
    const node = readNode(entry, index);
    if (node !== null && !byId.has(node.id)) byId.set(node.id, node);
  });
  for (const node of byId.values()) if (node.parent !== null && !hasSoundParents(node, byId)) node.parent = null;
  const edges = asList(source.edges).flatMap((entry, index) => {
    const edge = readEdge(entry, index);
    return edge !== null && byId.has(edge.from) && byId.has(edge.to) ? [edge] : [];
  });
  return { nodes: [...byId.values()], edges };
}

function readNode(entry: unknown, index: number): GraphNode | null {
  const { id, kind, name, parent, config, position, disabled, onError, retry } = asObject(entry);
  if (typeof id !== "string" || id === "" || typeof kind !== "string") return null;
  return {
    id,
    kind,
    name: typeof name === "string" && name.trim() !== "" ? name : id,
    parent: readParent(parent),
    config: asObject(config),
    position: readPosition(position),
    disabled: disabled === true,
    onError: typeof onError === "string" ? onError : null,
    retries: typeof retry === "object" && retry !== null,
    index,
  };
}

function readEdge(entry: unknown, index: number): GraphEdge | null {
  const { from, port, to, when } = asObject(entry);
  if (typeof from !== "string" || typeof to !== "string") return null;
  return { from, to, port: typeof port === "string" ? port : "out", when: typeof when === "string" ? when : null, index };
}

function readParent(value: unknown): GraphNode["parent"] {
  const { id, slot } = asObject(value);
  return typeof id === "string" && typeof slot === "string" ? { id, slot } : null;
}

function readPosition(value: unknown): GraphNode["position"] {
  const { x, y } = asObject(value);
  return typeof x === "number" && typeof y === "number" && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** False when an ancestor is missing or the chain of parents runs in a circle. */
function hasSoundParents(node: GraphNode, byId: ReadonlyMap<string, GraphNode>): boolean {
  const seen = new Set<string>();
  for (let current: GraphNode | undefined = node; current !== undefined; ) {
    if (seen.has(current.id)) return false;
    seen.add(current.id);
    if (current.parent === null) return true;
    current = byId.get(current.parent.id);
  }
  return false;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
