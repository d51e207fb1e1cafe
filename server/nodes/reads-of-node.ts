import type { Definition } from "@/server/engine/definition";
import { compileTemplate } from "@/server/expressions/compile";
import { mergeReferences, type References } from "@/server/expressions/references";
import { placeOfEdge, placesOfNode } from "@/server/nodes/expression-places";
import { WorkflowScope } from "@/server/nodes/workflow-scope";

/** The node and everything inside of it. */
export function nodesWithin(definition: Definition, id: string): Set<string> {
  const within = new Set([id]);
  for (let before = 0; before !== within.size; ) {
    before = within.size;
    for (const node of definition.nodes) if (node.parent !== undefined && within.has(node.parent.id)) within.add(node.id);
  }
  return within;
}

/** What a node, with its content when it is a container, reads from outside: ids of steps, and the roots of its expressions. */
export function readsOfNode(definition: Definition, id: string): { steps: string[]; roots: References["roots"] } {
  const scope = new WorkflowScope(definition);
  const within = nodesWithin(definition, id);
  const places = [
    ...definition.nodes.flatMap((node, index) => (within.has(node.id) ? placesOfNode(scope, node, index) : [])),
    ...definition.edges.flatMap((edge, index) => (within.has(edge.from) && edge.from !== id ? placeOfEdge(scope, edge, index) : [])),
  ];
  const references = mergeReferences(
    places.flatMap((place) => {
      const compiled = compileTemplate(place.value, { ...place.compile, extraNames: place.extraNames });
      return compiled.ok ? [compiled.template.references] : [];
    }),
  );
  const node = scope.node(id);
  const visible = node === undefined ? new Set<string>() : scope.ofNode(node).visible;
  const steps = references.dynamicSteps ? [...visible] : references.steps.filter((step) => visible.has(step));
  return { steps: steps.filter((step) => !within.has(step)), roots: references.roots };
}
