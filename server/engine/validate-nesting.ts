import { isContainerKind, type WorkflowNode } from "./definition";
import type { Problem } from "./problem";
import type { Outline } from "./validate";

/** Parents that exist, hold slots and do not hold themselves; nodes that only make sense in some places. */
export function checkNesting(outline: Outline): Problem[] {
  const { nodes } = outline.definition;
  return nodes.flatMap((node, index) => [...parentProblems(outline, node, index), ...placeProblems(outline, node, index)]);
}

function parentProblems({ byId, kinds }: Outline, node: WorkflowNode, index: number): Problem[] {
  const { parent } = node;
  if (parent === undefined) return [];
  const at = (code: Problem["code"], field: string, message: string): Problem[] => [
    { severity: "error", code, message, nodeId: node.id, path: `/nodes/${index}/parent/${field}` },
  ];
  const container = byId.get(parent.id)?.node;
  if (container === undefined) return at("unknown_parent", "id", `"${node.id}" lies in "${parent.id}", which does not exist`);
  const slots = kinds.slots(container);
  if (slots === null) return at("parent_not_container", "id", `"${node.id}" lies in "${parent.id}", which is no container`);
  if (ancestorsOf({ byId }, node).includes(node.id)) return at("parent_cycle", "id", `"${node.id}" lies inside itself`);
  if (slots.includes(parent.slot)) return [];
  const offered = slots.length === 0 ? "it has none" : `it has ${listOf(slots)}`;
  return at("unknown_slot", "slot", `"${parent.id}" has no slot "${parent.slot}"; ${offered}`);
}

function placeProblems(outline: Outline, node: WorkflowNode, index: number): Problem[] {
  const path = `/nodes/${index}/kind`;
  if (node.kind.startsWith("trigger.") && node.parent !== undefined) {
    return [{ severity: "error", code: "trigger_in_container", message: `the trigger "${node.id}" must not lie in a container`, nodeId: node.id, path }];
  }
  if ((node.kind === "break" || node.kind === "continue") && !isInLoop(outline, node)) {
    return [{ severity: "error", code: "outside_loop", message: `"${node.id}" (${node.kind}) needs a loop around it`, nodeId: node.id, path }];
  }
  return [];
}

function isInLoop(outline: Outline, node: WorkflowNode): boolean {
  return ancestorsOf(outline, node).some((id) => {
    const kind = outline.byId.get(id)?.node.kind;
    return kind === "forEach" || kind === "while";
  });
}

/** Ids of the containers around a node, innermost first; ends where the nesting bites its tail. */
export function ancestorsOf({ byId }: Pick<Outline, "byId">, node: WorkflowNode): string[] {
  const ids: string[] = [];
  for (let parent = node.parent; parent !== undefined && !ids.includes(parent.id); parent = byId.get(parent.id)?.node.parent) ids.push(parent.id);
  return ids;
}

export function isContainer(outline: Outline, node: WorkflowNode): boolean {
  return isContainerKind(node.kind) || outline.kinds.slots(node) !== null;
}

const SHOWN = 8;

export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `"${name}"`);
  return names.length > SHOWN ? `${shown.join(", ")} and ${names.length - SHOWN} more` : shown.join(", ");
}
