import { joinConfigSchema, type WorkflowNode } from "./definition";
import type { Problem } from "./problem";
import type { Outline } from "./validate";

/** Nodes that no run would ever come to, and runs that could begin nowhere. */
export function checkReach(outline: Outline): Problem[] {
  const { nodes } = outline.definition;
  if (nodes.length === 0) return [{ severity: "error", code: "empty", message: "the workflow has no nodes", path: "/nodes" }];
  const triggers = nodes.filter((node) => node.kind.startsWith("trigger."));
  if (triggers.length === 0) {
    return [{ severity: "warning", code: "no_trigger", message: "the workflow has no trigger; it begins with the nodes that no edge leads to", path: "/nodes" }, ...joinProblems(outline)];
  }
  return [...unreachable(outline, triggers), ...joinProblems(outline)];
}

function unreachable({ definition }: Outline, triggers: readonly WorkflowNode[]): Problem[] {
  const outgoing = new Map<string, string[]>();
  for (const { from, to } of definition.edges) {
    const list = outgoing.get(from);
    if (list === undefined) outgoing.set(from, [to]);
    else list.push(to);
  }
  const reached = new Set(triggers.map(({ id }) => id));
  const open = [...reached];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const to of outgoing.get(id) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return definition.nodes.flatMap((node, index): Problem[] =>
    node.parent !== undefined || reached.has(node.id)
      ? []
      : [{ severity: "error", code: "unreachable", message: `no path leads from a trigger to "${node.id}"`, nodeId: node.id, path: `/nodes/${index}` }],
  );
}

function joinProblems({ definition }: Outline): Problem[] {
  const incoming = new Map<string, number>();
  for (const { to } of definition.edges) incoming.set(to, (incoming.get(to) ?? 0) + 1);
  return definition.nodes.flatMap((node, index): Problem[] => {
    if (node.kind !== "join") return [];
    const count = incoming.get(node.id) ?? 0;
    const at = { severity: "error", code: "join_never_fires", nodeId: node.id } as const;
    if (count === 0) return [{ ...at, message: `no edge leads to the join "${node.id}"`, path: `/nodes/${index}` }];
    const { n } = joinConfigSchema.safeParse(node.config).data ?? {};
    if (n === undefined || n <= count) return [];
    return [{ ...at, message: `the join "${node.id}" waits for ${n} edges, but only ${count} lead to it`, path: `/nodes/${index}/config/n` }];
  });
}
