import type { EngineCommand, EngineEvent, EnterOutcome, ExitOutcome, Path } from "@/server/engine/events";
import { isSameValue } from "@/server/nodes/same-value";
import type { StepError } from "@/server/nodes/runner";
import type { CompiledNode } from "@/server/worker/compiled-workflow";
import { containerOutput, iterationOutput, runOutput, whileOutput } from "@/server/worker/container-output";
import type { Payload } from "@/server/worker/payload";
import { pinOf } from "@/server/worker/pins";
import type { RunContext } from "@/server/worker/run-context";
import { errorPort, failureRouting, holds, isTruthy, payloadOf, site, untakenEdges } from "@/server/worker/step-end";
import { placed, StepFailure, toFailure } from "@/server/worker/step-failure";

/** What entering, iterating or leaving a container (or leaving the run) found: the event, and the values of its row. */
export interface ContainerEnd {
  event: EngineEvent;
  input: Payload | null;
  output: Payload | null;
  error: StepError | null;
}

type Enter = Extract<EngineCommand, { type: "enter" }>;
type Iterate = Extract<EngineCommand, { type: "iterate" }>;
type Exit = Extract<EngineCommand, { type: "exit" }>;

export async function enterContainer(run: RunContext, { path, nodeId }: Enter, at: number): Promise<ContainerEnd> {
  const node = run.workflow.node(nodeId);
  const here = site(path, node, 1, at);
  const end = (outcome: EnterOutcome, values: Partial<ContainerEnd> = {}): ContainerEnd => ({ event: { type: "entered", path, at, outcome }, input: null, output: null, error: null, ...values });
  try {
    if (node.plan.disabled || (await holds(run, node.skipIf, here))) {
      return end({ status: "skipped", ...some(await untakenEdges(run, node, "out", withSelf(here, node, null, "skipped"))) });
    }
    const pin = pinOf(run.claim, nodeId);
    if (pin !== undefined) {
      const untaken = await untakenEdges(run, node, "out", withSelf(here, node, pin.value, "succeeded"));
      return end({ status: "pinned", ...some(untaken) }, { output: payloadOf(run, pin.value) });
    }
    const { input, ...entry } = await entryOf(run, node, here);
    return end({ status: "entered", ...entry }, { input });
  } catch (thrown) {
    const { error, untaken, fatal } = await failureRouting(run, node, placed(toFailure(thrown).error, nodeId, path), here);
    return end({ status: "failed", ...some(untaken), ...(fatal === true ? { fatal } : {}) }, { error });
  }
}

interface Entry {
  slot?: string;
  items?: number;
  input: Payload | null;
}

async function entryOf(run: RunContext, node: CompiledNode, here: ReturnType<typeof site>): Promise<Entry> {
  const evaluate = (field: string): unknown => {
    const template = node.fields[field];
    return template === undefined ? null : run.evaluator.evaluate(template, here);
  };
  switch (node.plan.role) {
    case "ifElse": {
      const condition = await evaluate("condition");
      return { slot: isTruthy(condition) ? "then" : "else", input: payloadOf(run, { condition }) };
    }
    case "switchCase":
      return chooseCase(run, node, await evaluate("value"), evaluate);
    case "forEach": {
      const items = await evaluate("items");
      if (!Array.isArray(items)) throw new StepFailure({ code: "invalid_items", message: `items must be a list, not ${describe(items)}`, field: "/config/items" });
      return { items: items.length, input: payloadOf(run, { items }) };
    }
    default:
      return { input: null };
  }
}

async function chooseCase(run: RunContext, node: CompiledNode, value: unknown, evaluate: (field: string) => unknown): Promise<Entry> {
  for (const field of Object.keys(node.fields)) {
    if (!field.startsWith("case:")) continue;
    if (isSameValue(value, await evaluate(field))) return { slot: field, input: payloadOf(run, { value, case: field.slice("case:".length) }) };
  }
  return { slot: "default", input: payloadOf(run, { value, case: "default" }) };
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Evaluates a `while` condition: goes on with the iteration, or ends the loop. */
export async function iterateContainer(run: RunContext, { path, nodeId, index }: Iterate, at: number): Promise<ContainerEnd> {
  const node = run.workflow.node(nodeId);
  const here = { ...site(`${path}[${index}]`, node, 1, at), visible: node.visible };
  try {
    if (await holds(run, node.fields.condition ?? null, here)) return { event: { type: "iterated", path, index, at }, input: null, output: null, error: null };
    return await succeededExit(run, node, path, at, await whileOutput(run, path, index));
  } catch (thrown) {
    return failedExit(run, node, path, at, placed(toFailure(thrown).error, nodeId, path));
  }
}

/** Makes the output of a container, an iteration or the run, and the container's edge decisions. */
export async function exitContainer(run: RunContext, command: Exit, at: number): Promise<ContainerEnd> {
  const { path, nodeId, reason } = command;
  const node = nodeId === null ? null : run.workflow.node(nodeId);
  const isContainer = node !== null && command.index === undefined;
  if (reason.status === "cancelled") return { event: exitedEvent(path, at, { status: "cancelled" }), input: null, output: null, error: null };
  if (reason.status === "failed") {
    const error = await run.errorOf(reason.error);
    return isContainer ? failedExit(run, node, path, at, error) : plainFailure(path, at, error);
  }
  try {
    const output = await outputOf(run, node, command, at);
    if (isContainer) return await succeededExit(run, node, path, at, output);
    return { event: exitedEvent(path, at, { status: "succeeded" }), input: null, output, error: null };
  } catch (thrown) {
    const error = placed(toFailure(thrown).error, nodeId, path);
    return isContainer ? failedExit(run, node, path, at, error) : plainFailure(path, at, error);
  }
}

function outputOf(run: RunContext, node: CompiledNode | null, command: Exit, at: number): Promise<Payload> {
  if (node === null) return runOutput(run, command.reason, at);
  return command.index === undefined ? containerOutput(run, node, command, at) : iterationOutput(run, node, command, at);
}

async function succeededExit(run: RunContext, node: CompiledNode, path: Path, at: number, output: Payload): Promise<ContainerEnd> {
  const here = withSelf(site(path, node, 1, at), node, node.hasWhen ? output.value : null, "succeeded");
  try {
    const untaken = await untakenEdges(run, node, "out", here);
    return { event: exitedEvent(path, at, { status: "succeeded", ...some(untaken) }), input: null, output, error: null };
  } catch (thrown) {
    const error = placed(toFailure(thrown).error, node.node.id, path);
    return { event: exitedEvent(path, at, { status: "failed", fatal: true }), input: null, output: null, error };
  }
}

async function failedExit(run: RunContext, node: CompiledNode, path: Path, at: number, cause: StepError): Promise<ContainerEnd> {
  if (errorPort(node) === null) return plainFailure(path, at, cause);
  const { error, untaken, fatal } = await failureRouting(run, node, cause, site(path, node, 1, at));
  return { event: exitedEvent(path, at, { status: "failed", ...some(untaken), ...(fatal === true ? { fatal } : {}) }), input: null, output: null, error };
}

function plainFailure(path: Path, at: number, error: StepError): ContainerEnd {
  return { event: exitedEvent(path, at, { status: "failed" }), input: null, output: null, error };
}

function exitedEvent(path: Path, at: number, outcome: ExitOutcome): EngineEvent {
  return { type: "exited", path, at, outcome };
}

function withSelf(here: ReturnType<typeof site>, node: CompiledNode, output: unknown, status: string): ReturnType<typeof site> {
  return node.hasWhen ? { ...here, overlay: { self: { id: node.node.id, value: { output, error: null, status } } } } : here;
}

function some(untaken: number[] | undefined): { untaken?: number[] } {
  return untaken === undefined || untaken.length === 0 ? {} : { untaken };
}
