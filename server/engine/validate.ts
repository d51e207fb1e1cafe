import type { Definition, WorkflowNode } from "./definition";
import type { Problem } from "./problem";
import { checkEdges } from "./validate-edges";
import { checkEffects } from "./validate-effects";
import { checkNesting } from "./validate-nesting";
import { checkReach } from "./validate-reach";

/** What the structure of a workflow depends on besides the document: given by whoever knows the node kinds. */
export interface KindShapes {
  /** Output ports of a node, without `error`; null: the kind is not known, any port may be right. */
  ports(node: WorkflowNode): readonly string[] | null;
  /** Slots of a container; null: it is none. */
  slots(node: WorkflowNode): readonly string[] | null;
}

/** The document with what the checks look up again and again. */
export interface Outline {
  definition: Definition;
  kinds: KindShapes;
  /** The first node of each id, and its place. */
  byId: ReadonlyMap<string, { node: WorkflowNode; index: number }>;
}

/** Checks everything that follows from nodes, nesting and edges alone. */
export function validateStructure(definition: Definition, kinds: KindShapes): Problem[] {
  const byId = new Map<string, { node: WorkflowNode; index: number }>();
  const problems: Problem[] = [];
  definition.nodes.forEach((node, index) => {
    const first = byId.get(node.id);
    if (first === undefined) byId.set(node.id, { node, index });
    else problems.push({ severity: "error", code: "duplicate_id", message: `two nodes have the id "${node.id}"`, nodeId: node.id, path: `/nodes/${index}/id` });
  });
  const outline: Outline = { definition, kinds, byId };
  return [...problems, ...checkNesting(outline), ...checkEdges(outline), ...checkReach(outline), ...checkEffects(outline)];
}
