import type { NodeMark } from "@/components/canvas/marks";
import type { Graph } from "@/components/canvas/read-graph";
import { asStatus } from "@/components/status/statuses";
import { formatDuration } from "@/components/time/format";
import type { StepSummary } from "@/server/runs/contract";
import type { HeldSteps } from "./held-steps";
import { isLoop, nodesById, pathOfNode, type Iterations } from "./paths";
import { progressNote } from "./progress-note";
import type { GivenStep } from "./use-item-counts";
import { latestAttempt, openWaits, portOf, type RunModel } from "./run-model";

const NONE_COUNTED: ReadonlyMap<string, number> = new Map();

/** The run as marks on the canvas, for the iterations that are looked at. */
export function runMarks(model: RunModel, graph: Graph, iterations: Iterations, held: HeldSteps, items: ReadonlyMap<string, number> = NONE_COUNTED): ReadonlyMap<string, NodeMark> {
  const byId = nodesById(graph);
  const waiting = new Set(openWaits(model).map(({ path }) => path));
  const marks = new Map<string, NodeMark>();
  for (const node of graph.nodes) {
    const path = pathOfNode(node, byId, iterations);
    const step = path === null ? null : latestAttempt(model, path);
    const hold = path === null ? undefined : held.get(path);
    if (path === null || (step === null && hold === undefined && !waiting.has(path))) continue;
    const isOpen = step === null || step.finishedAt === null;
    marks.set(node.id, {
      status: hold !== undefined || (isOpen && waiting.has(path)) ? "waiting" : asStatus(step?.status ?? "waiting"),
      attempt: step?.attempt,
      port: portOf(step, node.onError),
      takes: step?.items ?? undefined,
      items: step?.status === "succeeded" ? items.get(node.id) : undefined,
      note: hold !== undefined ? hold.note : step === null ? undefined : noteOf(step, isLoop(node) ? (model.loops.get(path)?.length ?? 0) : null),
    });
  }
  return marks;
}

/** The steps that gave something, for the iterations that are looked at. */
export function givenSteps(model: RunModel, graph: Graph, iterations: Iterations): GivenStep[] {
  const byId = nodesById(graph);
  return graph.nodes.flatMap((node) => {
    const path = pathOfNode(node, byId, iterations);
    const step = path === null ? null : latestAttempt(model, path);
    return path === null || step?.status !== "succeeded" ? [] : [{ id: node.id, runId: model.run.id, path, attempt: step.attempt }];
  });
}

function noteOf(step: StepSummary, iterationsBegun: number | null): string | undefined {
  if (step.progress !== null && step.finishedAt === null) return progressNote(step.progress);
  if (step.finishedAt !== null) return formatDuration(Date.parse(step.finishedAt) - Date.parse(step.startedAt));
  if (iterationsBegun === null) return undefined;
  return step.items === null ? `${iterationsBegun}×` : `${iterationsBegun}/${step.items}`;
}
