import type { WorkflowEdge, WorkflowNode } from "./definition";
import { slotKeyOf } from "./plan";
import type { Problem } from "./problem";
import type { Outline } from "./validate";
import { listOf } from "./validate-nesting";

/** Edges between nodes that exist, of the same slot, from ports that exist, without circles. */
export function checkEdges(outline: Outline): Problem[] {
  const { edges } = outline.definition;
  return [...edges.flatMap((edge, index) => edgeProblems(outline, edge, index)), ...duplicateEdges(edges), ...cycles(outline)];
}

function edgeProblems(outline: Outline, edge: WorkflowEdge, index: number): Problem[] {
  const from = outline.byId.get(edge.from)?.node;
  const to = outline.byId.get(edge.to)?.node;
  const at = (code: Problem["code"], field: keyof WorkflowEdge, message: string): Problem => ({
    severity: "error",
    code,
    message,
    edgeIndex: index,
    path: `/edges/${index}/${field}`,
    ...(from === undefined ? {} : { nodeId: from.id }),
  });
  const problems: Problem[] = [];
  if (from === undefined) problems.push(at("unknown_node", "from", `the edge begins at "${edge.from}", which does not exist`));
  if (to === undefined) problems.push(at("unknown_node", "to", `the edge leads to "${edge.to}", which does not exist`));
  const portMessage = from === undefined ? null : portObjection(outline, from, edge.port);
  if (portMessage !== null) problems.push(at("unknown_port", "port", portMessage));
  if (from === undefined || to === undefined) return problems;
  if (slotKeyOf(from.parent) !== slotKeyOf(to.parent)) {
    problems.push(at("edge_crosses_slots", "to", `"${from.id}" and "${to.id}" lie in different slots; edges join only nodes of the same slot`));
  }
  if (to.kind.startsWith("trigger.")) problems.push(at("edge_into_trigger", "to", `an edge leads into the trigger "${to.id}"; runs begin there`));
  return problems;
}

function portObjection({ kinds }: Outline, from: WorkflowNode, port: string): string | null {
  if (port === "error") return from.onError === "route" ? null : `"${from.id}" takes its port "error" only with onError: route`;
  // Without a routed error, onError: continue goes on through `out`, whatever the kind's own ports are.
  const ports = kinds.ports(from);
  if (ports === null || ports.includes(port)) return null;
  if (port === "out" && (from.onError === "continue" || from.skipIf !== undefined || from.disabled === true)) return null;
  return ports.length === 0 ? `nothing follows "${from.id}" (${from.kind})` : `"${from.id}" has no port "${port}"; it has ${listOf(ports)}`;
}

function duplicateEdges(edges: readonly WorkflowEdge[]): Problem[] {
  const seen = new Set<string>();
  return edges.flatMap((edge, index): Problem[] => {
    const key = JSON.stringify([edge.from, edge.port, edge.to, edge.toPort ?? null, edge.when ?? null]);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ severity: "warning", code: "duplicate_edge", message: `there is the same edge from "${edge.from}" to "${edge.to}" already`, nodeId: edge.from, edgeIndex: index, path: `/edges/${index}` }];
  });
}

/** One problem for each circle's closing edge, found by depth-first search without recursion. */
function cycles({ definition, byId }: Outline): Problem[] {
  const outgoing = new Map<string, { to: string; index: number }[]>();
  definition.edges.forEach(({ from, to }, index) => {
    if (!byId.has(from) || !byId.has(to)) return;
    const list = outgoing.get(from);
    if (list === undefined) outgoing.set(from, [{ to, index }]);
    else list.push({ to, index });
  });
  const state = new Map<string, "open" | "done">();
  const problems: Problem[] = [];
  for (const start of byId.keys()) {
    const trail: { id: string; next: number }[] = state.has(start) ? [] : [{ id: start, next: 0 }];
    if (trail.length > 0) state.set(start, "open");
    while (trail.length > 0) {
      const top = trail[trail.length - 1]!;
      const edge = outgoing.get(top.id)?.[top.next++];
      if (edge === undefined) {
        state.set(top.id, "done");
        trail.pop();
      } else if (state.get(edge.to) === "open") {
        const circle = trail.slice(trail.findIndex(({ id }) => id === edge.to)).map(({ id }) => id);
        problems.push({ severity: "error", code: "cycle", message: `the edges go in a circle: ${[...circle, edge.to].join(" → ")}; use a loop`, nodeId: top.id, edgeIndex: edge.index, path: `/edges/${edge.index}` });
      } else if (!state.has(edge.to)) {
        state.set(edge.to, "open");
        trail.push({ id: edge.to, next: 0 });
      }
    }
  }
  return problems;
}
