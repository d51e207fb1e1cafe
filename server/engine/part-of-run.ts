import type { Definition } from "./definition";
import { plan, type Plan } from "./plan";
import type { RunOptions } from "./ports";

/** What of a definition a run carries out: all of it, what leads to a node, or one node alone. */
export function planPart(definition: Definition, { untilNode, onlyNode }: Pick<RunOptions, "untilNode" | "onlyNode">): { definition: Definition; plan: Plan } {
  const part = onlyNode === undefined ? definition : reduceTo(definition, onlyNode.id);
  return { definition: part, plan: plan(part, untilNode === undefined ? {} : { untilNode }) };
}

/** The definition reduced to one node, with its content when it is a container. */
function reduceTo(definition: Definition, id: string): Definition {
  const kept = new Set([id]);
  for (let before = 0; before !== kept.size; ) {
    before = kept.size;
    for (const node of definition.nodes) if (node.parent !== undefined && kept.has(node.parent.id)) kept.add(node.id);
  }
  const nodes = definition.nodes.filter((node) => kept.has(node.id)).map((node) => (node.id === id ? { ...node, parent: undefined } : node));
  const edges = definition.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to) && edge.from !== id && edge.to !== id);
  return { ...definition, nodes, edges, output: undefined, outputSchema: undefined };
}
