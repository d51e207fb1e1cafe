import type { Path, StepOutcome } from "@/server/engine/events";
import type { ChildDetail } from "@/server/nodes/wait-details";
import type { StepError } from "@/server/nodes/runner";
import { Payload } from "@/server/worker/payload";
import type { RunContext } from "@/server/worker/run-context";
import type { CompiledNode, Template } from "@/server/worker/compiled-workflow";
import type { Site } from "@/server/worker/scope";
import { placed, toFailure } from "@/server/worker/step-failure";
import { encodeValue } from "@/server/expressions/encoding";
import type { ObservedEnd } from "@/server/telemetry/contract";

/** How an attempt ended, with what its row will hold. */
export interface StepEnd {
  outcome: StepOutcome;
  /** Evaluated config as stored; null when it was not evaluated. */
  input: string | null;
  output: Payload | null;
  error: StepError | null;
  /** Encoded input of the run that the step starts. It is kept by that run alone: the journal holds no payloads. */
  childInput?: string;
  /** A detached run to be made with the result. */
  child?: ChildDetail;
}

/**
 * The out edges of the chosen port whose `when` is falsy. Evaluated in the step's own scope, which by now holds its result.
 * Most nodes have no `when`, so this answers without a promise for them.
 */
export function untakenEdges(run: RunContext, node: CompiledNode, port: string, site: Site): number[] | Promise<number[]> {
  return node.hasWhen ? evaluateWhens(run, node, port, site) : NONE;
}

const NONE: number[] = [];

async function evaluateWhens(run: RunContext, node: CompiledNode, port: string, site: Site): Promise<number[]> {
  const untaken: number[] = [];
  for (const [index, edge] of node.plan.out.entries()) {
    const when = node.whens[index];
    if (edge.port !== port || when == null) continue;
    const value = await run.evaluator.evaluate(when, site);
    if (!isTruthy(value)) untaken.push(index);
  }
  return untaken;
}

export function isTruthy(value: unknown): boolean {
  return Boolean(value);
}

/** Whether a condition that a node may have holds; false when it has none. */
export async function holds(run: RunContext, template: Template | null, site: Site): Promise<boolean> {
  if (template === null) return false;
  return isTruthy(await run.evaluator.evaluate(template, site));
}

/** Port that a failure takes: what `when` is evaluated for. */
export function errorPort(node: CompiledNode): string | null {
  if (node.plan.onError === "continue") return "out";
  return node.plan.onError === "route" ? "error" : null;
}

/** Edges a failure leaves untaken; `fatal` when that evaluation failed itself, whose error then stands. */
export async function failureRouting(run: RunContext, node: CompiledNode, error: StepError, site: Site): Promise<{ error: StepError; untaken?: number[]; fatal?: boolean }> {
  const port = errorPort(node);
  if (port === null || !node.hasWhen) return { error };
  const self = { id: node.node.id, value: { output: null, error, status: "failed" } };
  try {
    return { error, untaken: await untakenEdges(run, node, port, { ...site, overlay: { ...site.overlay, self } }) };
  } catch (thrown) {
    return { error: placed({ ...toFailure(thrown).error, cause: error }, site.nodeId, site.path), fatal: true };
  }
}

/** Payload of a value, free of the secrets the run has used. */
export function payloadOf(run: RunContext, value: unknown): Payload {
  return new Payload(encodeValue(run.redaction.value(value)));
}

export function site(path: Path, node: CompiledNode, attempt: number, now: number): Site {
  return { path, nodeId: node.node.id, attempt, visible: node.visible, inside: false, now };
}

export function siteInside(path: Path, node: CompiledNode, now: number): Site {
  return { path, nodeId: node.node.id, attempt: 1, visible: node.visibleInside, inside: true, now };
}

export function observedEnd({ outcome, error }: StepEnd): ObservedEnd {
  return { status: outcome.status, ...(error === null ? {} : { code: error.code }) };
}
