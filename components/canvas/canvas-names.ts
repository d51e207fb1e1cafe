import { indexOf } from "./graph-index";
import type { Graph, GraphAnnotation, GraphEdge, GraphNode } from "./read-graph";

/** What a screen reader says of things on the canvas. */
export function nameOfNode(node: GraphNode, title: string, hidden: number): string {
  const parts = [`${title}: ${node.name}`];
  if (hidden > 0) parts.push(`collapsed, ${hidden === 1 ? "1 step" : `${hidden} steps`} inside`);
  if (node.disabled) parts.push("disabled");
  return parts.join(", ");
}

export function nameOfEdge({ from, port, to, when }: GraphEdge, graph: Graph): string {
  const { byId } = indexOf(graph);
  const name = (id: string) => byId.get(id)?.name ?? id;
  return [`Edge from ${name(from)}`, ...(port === "out" ? [] : [`port ${port}`]), `to ${name(to)}`, ...(when === null ? [] : [`only when ${when}`])].join(", ");
}

const FIRST_WORDS = 80;

export function nameOfAnnotation({ text }: GraphAnnotation): string {
  const first = text.trim().replace(/\s+/g, " ");
  return first === "" ? "Empty note" : `Note: ${first.length > FIRST_WORDS ? `${first.slice(0, FIRST_WORDS)} …` : first}`;
}
