import type { GraphNode } from "@/components/canvas/read-graph";
import type { NodeMark } from "@/components/canvas/marks";
import { progressNote } from "@/components/runs/progress-note";
import { pathOfNode, type Iterations } from "@/components/runs/paths";
import { openWaits, portOf, shownIterations, type RunModel } from "@/components/runs/run-model";
import { asStatus, type Status } from "@/components/status/statuses";
import { formatDuration } from "@/components/time/format";
import type { StepSummary } from "@/server/runs/contract";

/** A test run that the builder shows. */
export interface TestSource {
  model: RunModel;
  /** The one step that was executed; null: the draft from its beginning. */
  root: string | null;
}

/** How a test went. The error of a step that is tested alone ends no run where it would go its own way: the step failed all the same. */
export function statusOf({ model, root }: TestSource): Status {
  const own = root === null || model.run.status !== "succeeded" ? undefined : model.steps.get(root)?.at(-1);
  return asStatus(own?.status === "failed" ? own.status : model.run.status);
}

/** What a test knows of one step. */
export interface TestResult {
  model: RunModel;
  path: string;
  /** Attempts, the first one first. */
  attempts: readonly StepSummary[];
  isWaiting: boolean;
}

export type NodesById = ReadonlyMap<string, GraphNode>;

/** Whether a test covers a node: one of a single step covers what lies in it. */
function covers(root: string | null, node: GraphNode, byId: NodesById): boolean {
  for (let at: GraphNode | undefined = node, depth = 0; at !== undefined && depth < 100; at = at.parent === null ? undefined : byId.get(at.parent.id), depth++) {
    if (root === null || at.id === root) return true;
  }
  return false;
}

/** The nodes as a test of one step saw them: that step stands alone. */
function seenFrom(root: string | null, byId: NodesById): NodesById {
  const own = root === null ? undefined : byId.get(root);
  return own === undefined ? byId : new Map(byId).set(own.id, { ...own, parent: null });
}

/** The newest result of a node, in the iterations that are looked at. */
export function resultOf(sources: readonly TestSource[], byId: NodesById, nodeId: string, chosen: Iterations): TestResult | null {
  const node = byId.get(nodeId);
  if (node === undefined) return null;
  for (const { model, root } of sources) {
    if (!covers(root, node, byId)) continue;
    const seen = seenFrom(root, byId);
    const path = pathOfNode(seen.get(nodeId)!, seen, shownIterations(model, chosen));
    if (path === null) continue;
    const attempts = model.steps.get(path) ?? [];
    const isWaiting = openWaits(model, path).length > 0;
    if (attempts.length > 0 || isWaiting) return { model, path, attempts, isWaiting };
  }
  return null;
}

export function markOf({ model, path, attempts, isWaiting }: TestResult, onError: string | null): NodeMark {
  const step = attempts.at(-1);
  const isOpen = step === undefined || step.finishedAt === null;
  const begun = model.loops.get(path)?.length ?? null;
  return {
    status: isOpen && isWaiting ? "waiting" : asStatus(step?.status ?? "waiting"),
    attempt: step?.attempt,
    port: portOf(step, onError),
    takes: step?.items ?? undefined,
    note: step === undefined ? undefined : noteOf(step, begun),
  };
}

function noteOf({ progress, finishedAt, startedAt, items }: StepSummary, begun: number | null): string | undefined {
  if (finishedAt !== null) return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  if (progress !== null) return progressNote(progress);
  if (begun === null) return undefined;
  return items === null ? `${begun}×` : `${begun}/${items}`;
}

export interface LoopPlace {
  id: string;
  runId: string;
  path: string;
  index: number;
}

/** The iteration of every loop around a node that its results are shown of, the outermost first. */
export function loopsAround(sources: readonly TestSource[], byId: NodesById, nodeId: string, chosen: Iterations): LoopPlace[] {
  const found: LoopPlace[] = [];
  for (let at = byId.get(nodeId), depth = 0; at?.parent != null && depth < 100; depth++) {
    const parent = byId.get(at.parent.id);
    if (parent?.kind === "forEach" || parent?.kind === "while") {
      const result = resultOf(sources, byId, parent.id, chosen);
      const index = result === null ? undefined : shownIterations(result.model, chosen)[result.path];
      if (result !== null && index !== undefined) found.unshift({ id: parent.id, runId: result.model.run.id, path: result.path, index });
    }
    at = parent;
  }
  return found;
}
