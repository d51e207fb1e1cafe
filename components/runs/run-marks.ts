import type { NodeMark } from "@/components/canvas/marks";
import type { Graph } from "@/components/canvas/read-graph";
import { asStatus } from "@/components/status/statuses";
import { formatDuration } from "@/components/time/format";
import type { StepSummary } from "@/server/runs/contract";
import type { HeldSteps } from "./held-steps";
import { isLoop, nodesById, pathOfNode, type Iterations } from "./paths";
import { progressNote } from "./progress-note";
import { latestAttempt, openWaits, type RunModel } from "./run-model";

/** The run as marks on the canvas, for the iterations that are looked at. */
export function runMarks(model: RunModel, graph: Graph, iterations: Iterations, held: HeldSteps): ReadonlyMap<string, NodeMark> {
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
      note: hold !== undefined ? hold.note : step === null ? undefined : noteOf(step, isLoop(node) ? (model.loops.get(path)?.length ?? 0) : null),
    });
  }
  return marks;
}

function noteOf(step: StepSummary, iterationsBegun: number | null): string | undefined {
  if (step.progress !== null && step.finishedAt === null) return progressNote(step.progress);
  if (step.finishedAt !== null) return formatDuration(Date.parse(step.finishedAt) - Date.parse(step.startedAt));
  if (iterationsBegun === null) return undefined;
  return step.items === null ? `${iterationsBegun}×` : `${iterationsBegun}/${step.items}`;
}
