import { createHash } from "node:crypto";
import type { ClaimedRun, Gates, Place, StepGates, StepPlace, WhenFull } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import type { CompiledWorkflow, Template } from "@/server/worker/compiled-workflow";
import type { RunContext } from "@/server/worker/run-context";
import type { Site } from "@/server/worker/scope";

const LONGEST_KEY = 200;

/** What the run has to pass before its first step; null when nothing stands in its way. */
export async function gatesOf(run: RunContext, now: number): Promise<Gates | null> {
  const { flow } = run.workflow;
  if (flow === null) return null;
  const here: Site = { path: "", nodeId: null, attempt: 1, visible: new Map<string, number>(), inside: false, now };
  const key = (template: Template | null) => keyOf(run, template, here);
  const { concurrency, rateLimit, throttle, debounce } = flow;
  const gates: Gates = {};
  if (concurrency !== undefined) gates.place = { ...concurrency, key: run.claim.mutexKey ?? `${testsApart(run, concurrency.whenFull)}${await key(concurrency.key)}` };
  if (run.claim.mode === "production") {
    if (rateLimit !== undefined) gates.rateLimit = { ...rateLimit, key: await key(rateLimit.key) };
    if (throttle !== undefined) gates.throttle = { ...throttle, key: await key(throttle.key) };
    // The parent of a run waits for this one, not for a newer one.
    if (debounce !== undefined && run.claim.parent === null) gates.debounce = { ...debounce, key: await key(debounce.key) };
  }
  return Object.keys(gates).length === 0 ? null : gates;
}

/** A test takes part in the limits of production, but ends nothing there: the draft that it tests may say what nobody has published. */
const testsApart = ({ claim }: RunContext, whenFull: WhenFull): string => (claim.mode === "test" && whenFull === "cancelOldest" ? "test " : "");

/** The place that a step needs among those of its node; null when there is no limit. */
export async function stepPlaceOf(run: RunContext, nodeId: string, at: Site): Promise<StepPlace | null> {
  const { concurrency } = run.workflow.node(nodeId);
  if (concurrency === null) return null;
  const { limit, whenFull, key } = concurrency;
  return { limit, whenFull, key: `${testsApart(run, whenFull)}${await keyOf(run, key, at, ` ${nodeId}`)}` };
}

/**
 * The limits over time that an attempt has to pass before it begins; null when there are none. Tests pass none. Only the first attempt
 * waits for newer steps: what comes after it stands for the same.
 */
export async function stepGatesOf(run: RunContext, nodeId: string, at: Site, list: string | null): Promise<StepGates | null> {
  const { pace } = run.workflow.node(nodeId);
  if (pace === null || run.claim.mode !== "production") return null;
  const key = (template: Template | null) => keyOf(run, template, at, ` ${nodeId}`);
  const { rateLimit, throttle, debounce } = pace;
  const gates: StepGates = {
    ...(debounce === undefined || at.attempt > 1 ? {} : { debounce: { ...debounce, key: await key(debounce.key), ...(list === null ? {} : { list }) } }),
    ...(rateLimit === undefined ? {} : { rateLimit: { ...rateLimit, key: await key(rateLimit.key) } }),
    ...(throttle === undefined ? {} : { throttle: { ...throttle, key: await key(throttle.key) } }),
  };
  return Object.keys(gates).length === 0 ? null : gates;
}

/** The place that a run holds which cannot be carried out any more. */
export function heldPlace(claim: ClaimedRun, workflow: CompiledWorkflow | null): Place | null {
  return claim.mutexKey === null ? null : { key: claim.mutexKey, limit: workflow?.flow?.concurrency?.limit ?? 1 };
}

async function keyOf(run: RunContext, template: Template | null, at: Site, part = ""): Promise<string> {
  const value = template === null ? null : await run.evaluator.evaluate(template, at);
  const text = encodeValue(value);
  // Runs of one environment hold up none of another.
  const place = run.claim.environmentId == null ? "" : `@${run.claim.environmentId}`;
  const owner = `${run.claim.workflowId ?? run.claim.versionId ?? ""}${place}`;
  return `${owner}${part} ${text.length <= LONGEST_KEY ? text : createHash("sha256").update(text).digest("base64url")}`;
}
