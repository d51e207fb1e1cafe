import type { Graph } from "@/components/canvas/read-graph";
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
  const path = failure.path ?? failedPath(model, failure.nodeId);
  const nodeId = failure.nodeId ?? (path === null ? null : splitPath(path).nodeId);
  const node = graph.nodes.find(({ id }) => id === nodeId);
  return {
    code: failure.code,
    message: failure.message,
    path,
    nodeId,
    nodeName: node?.name ?? nodeId,
    field: failure.field ?? null,
    expression: node === undefined || failure.field === undefined ? null : textAt(definition, node.index, failure.field),
  };
}

/** The innermost failed step of the node, or of any. */
function failedPath(model: RunModel, nodeId: string | undefined): string | null {
  let found: string | null = null;
  for (const path of model.steps.keys()) {
    const step = latestAttempt(model, path);
    if (step?.status !== "failed" || (nodeId !== undefined && step.nodeId !== nodeId)) continue;
    if (found === null || path.split("/").length > found.split("/").length) found = path;
  }
  return found;
}

/** Fields are pointers into the config, or name a setting of the node such as `skipIf`. */
function textAt(definition: Record<string, unknown>, index: number, field: string): string | null {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  const node = nodes[index];
  const parts = field.replace(/^\//, "").split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = [follow(memberOf(node, "config"), parts), follow(node, parts)].find((found) => found !== undefined);
  if (typeof value === "string") return value;
  return value === undefined ? null : JSON.stringify(value, null, 2);
}

function follow(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce(memberOf, value);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
