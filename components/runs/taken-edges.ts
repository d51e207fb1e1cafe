import type { Graph, GraphEdge, GraphNode } from "@/components/canvas/read-graph";
import type { StepSummary } from "@/server/runs/contract";
import { nodesById, pathOfNode, type Iterations } from "./paths";
import type { RunModel } from "./run-model";

/** Which edges the run took, for the iterations that are looked at, by their id on the canvas. What is not decided yet is left out, of which there is nothing once it `isOver`. */
export function takenEdges(model: Pick<RunModel, "steps">, graph: Graph, iterations: Iterations, isOver: boolean): ReadonlyMap<string, boolean> {
  const byId = nodesById(graph);
  const stepOf = (id: string): StepSummary | null => {
    const node = byId.get(id);
    const path = node === undefined ? null : pathOfNode(node, byId, iterations);
    return path === null ? null : (model.steps.get(path)?.at(-1) ?? null);
  };
  const incoming = groupBy(graph.edges, ({ to }) => to);
  const outgoing = groupBy(graph.edges, ({ from }) => from);
  const taken = new Map<GraphEdge, boolean>();
  const open = graph.nodes.filter(({ id }) => outgoing.has(id));
  // A node that no edge leads to any more is passed over, and so are its own edges.
  for (let before = -1; taken.size !== before; ) {
    before = taken.size;
    for (const node of open) {
      const edges = outgoing.get(node.id)!;
      if (taken.has(edges[0]!)) continue;
      const step = stepOf(node.id);
      const into = incoming.get(node.id) ?? [];
      const isPassedOver = step === null && (isOver || (into.length > 0 && into.every((edge) => taken.get(edge) === false)));
      const port = isPassedOver ? null : step === null ? undefined : takenPort(node, step, isOver, () => edges.some(({ to }) => stepOf(to) !== null));
      if (port === undefined) continue;
      edges.forEach((edge, index) => taken.set(edge, port !== null && edge.port === port && step?.untaken.includes(index) !== true));
    }
  }
  return new Map([...taken].map(([{ index }, isTaken]) => [`edge-${index}`, isTaken]));
}

/** Null: none. Undefined: that is still open. */
function takenPort(node: GraphNode, { status, port, finishedAt }: StepSummary, isOver: boolean, wentOn: () => boolean): string | null | undefined {
  if (finishedAt === null) return isOver ? null : undefined;
  if (status === "succeeded") return port ?? "out";
  if (status === "skipped") return "out";
  if (status !== "failed") return null;
  // There may be another attempt.
  if (node.retries && !isOver && !wentOn()) return undefined;
  return node.onError === "continue" ? "out" : node.onError === "route" ? "error" : null;
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
