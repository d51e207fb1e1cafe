import type { Graph } from "@/components/canvas/read-graph";
import { fieldText } from "@/server/engine/field-text";
import { splitPath } from "./paths";
import { latestAttempt, type RunModel } from "./run-model";

export interface FailureDescription {
  code: string;
  message: string;
  path: string | null;
  nodeId: string | null;
  nodeName: string | null;
  /** JSON pointer into the node's config. */
  field: string | null;
  /** What stands there. */
  expression: string | null;
}

export interface FailureLink {
  path: string;
  name: string;
  message: string | null;
}

/** From the outermost step that failed because of it down to the step at fault: how one failure became the run's. */
export function failureChain(model: RunModel, graph: Graph, path: string): FailureLink[] {
  const chain: FailureLink[] = [];
  for (let at: string | null = path; at !== null; ) {
    const { parent, nodeId, iteration } = splitPath(at);
    const name = graph.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
    const step = latestAttempt(model, at);
    if (step?.status === "failed") chain.unshift({ path: at, name: iteration === null ? name : `${name}, iteration ${iteration + 1}`, message: step.failure?.message ?? null });
    at = iteration === null ? parent : at.slice(0, at.lastIndexOf("["));
  }
  return chain;
}

/** Which node failed, at which field, and what is written there. */
export function describeFailure(model: RunModel, graph: Graph, definition: Record<string, unknown>): FailureDescription | null {
  const { failure } = model.run;
  if (failure === null) return null;
  // The run's own end, as by its time limit, is at no step, whatever failed and was handled on the way.
  const path = failure.path || (failure.nodeId === undefined ? null : failedPath(model, failure.nodeId));
  const nodeId = failure.nodeId ?? (path === null ? null : splitPath(path).nodeId);
  const node = graph.nodes.find(({ id }) => id === nodeId);
  return {
    code: failure.code,
    message: failure.message,
    path,
    nodeId,
    nodeName: node?.name ?? nodeId,
    field: failure.field ?? null,
    expression: node === undefined || failure.field === undefined ? null : fieldText(definition, node.index, failure.field),
  };
}

/** The innermost failed step of the node. */
function failedPath(model: RunModel, nodeId: string): string | null {
  let found: string | null = null;
  for (const path of model.steps.keys()) {
    const step = latestAttempt(model, path);
    if (step?.status !== "failed" || step.nodeId !== nodeId) continue;
    if (found === null || path.split("/").length > found.split("/").length) found = path;
  }
  return found;
}
