import type { Graph, GraphNode } from "@/components/canvas/read-graph";
import { splitPath } from "./paths";
import { isFinal, type RunModel } from "./run-model";

/** Why a step of a run was stopped; null: it was not, or nothing says so, as of one that another way out of a loop or a join stopped while the run went on. */
export function stoppedBy({ run, steps }: Pick<RunModel, "run" | "steps">, graph: Graph, path: string): string | null {
  const step = steps.get(path)?.at(-1);
  if (step?.status !== "cancelled" || step.finishedAt === null) return null;
  const { finishedAt } = step;
  const wentOn = [...steps.values()].some((attempts) => attempts.some(({ startedAt }) => startedAt > finishedAt));
  if (run.status === "cancelled") return wentOn ? null : "It was stopped when the run was cancelled.";
  const failed = run.failure?.path;
  if (failed === undefined || failed === path) return null;
  const failedAt = steps.get(failed)?.at(-1)?.finishedAt ?? null;
  if (failedAt === null || failedAt > finishedAt) return null;
  const { nodeId } = splitPath(failed);
  return `It was stopped when ${graph.nodes.find(({ id }) => id === nodeId)?.name ?? failed} failed.`;
}

/** Null: the step has not failed, another attempt may follow, or its error ended more than the step. `isAlone`: a test of this step, nothing of which goes on. */
export function handledError(model: Pick<RunModel, "run" | "steps">, graph: Graph, node: GraphNode, path: string, isAlone = false): string | null {
  const step = model.steps.get(path)?.at(-1);
  const { run } = model;
  if (step?.status !== "failed" || step.finishedAt === null || run.failure?.path === path) return null;
  if (node.retries && !isFinal(run.status)) return null;
  if (node.onError === "continue") return isAlone ? "In a run it goes on without an output." : "The run goes on without its output.";
  if (node.onError !== "route") return null;
  const ways = graph.edges.filter(({ from }) => from === node.id).filter(({ port }, index) => port === "error" && !step.untaken.includes(index));
  const names = ways.map(({ to }) => graph.nodes.find(({ id }) => id === to)?.name ?? to);
  if (names.length === 0) return "No connection takes its error: it goes nowhere.";
  const targets = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  if (isAlone) return `In a run its error goes to ${targets}.`;
  // A failure elsewhere may have ended what is around it in the meantime.
  const isTaken = !isFinal(run.status) || ways.some(({ to }) => model.steps.has(path.slice(0, path.length - node.id.length) + to));
  return isTaken ? `Its error goes to ${targets}.` : `Its error was to go to ${targets}, and nothing started there.`;
}
