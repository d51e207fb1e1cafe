import type { EngineCommand, ExitReason, Path } from "@/server/engine/events";
import { validateAgainst } from "@/server/schema/validate-json";
import type { CompiledNode } from "@/server/worker/compiled-workflow";
import { listPayload, NULL_PAYLOAD, objectPayload, type Payload } from "@/server/worker/payload";
import type { RunContext } from "@/server/worker/run-context";
import { payloadOf, siteInside } from "@/server/worker/step-end";
import { StepFailure } from "@/server/worker/step-failure";

type Exit = Extract<EngineCommand, { type: "exit" }>;

/** Output of a container that ended well: its `result`, its iterations' results, or what its sinks made. */
export async function containerOutput(run: RunContext, node: CompiledNode, command: Exit, at: number): Promise<Payload> {
  const { path, reason } = command;
  if (reason.status === "interrupted") return passedThrough(run, reason.by);
  switch (node.plan.role) {
    case "forEach":
      return listOfIterations(run, node, path, command.iterations ?? 0);
    case "while":
      return whileOutput(run, path, command.iterations ?? 0);
    default: {
      const { result } = node.fields;
      if (result !== undefined) return payloadOf(run, await run.evaluator.evaluate(result, siteInside(path, node, at)));
      const slot = reason.status === "succeeded" ? reason.slot : undefined;
      return sinksOutput(run, slot === undefined ? slotsOf(run, node) : [`${node.node.id}:${slot}`], `${path}/`);
    }
  }
}

export async function iterationOutput(run: RunContext, node: CompiledNode, { path, reason }: Exit, at: number): Promise<Payload> {
  if (reason.status === "interrupted") return reason.own ? outputAt(run, reason.by) : passedThrough(run, reason.by);
  const { result } = node.fields;
  if (result !== undefined) return payloadOf(run, await run.evaluator.evaluate(result, siteInside(path, node, at)));
  return sinksOutput(run, [`${node.node.id}:body`], `${path}/`);
}

export async function runOutput(run: RunContext, reason: ExitReason, at: number): Promise<Payload> {
  const output = await unchecked(run, reason, at);
  const schema = run.workflow.definition.outputSchema;
  const [problem] = schema === undefined ? [] : validateAgainst(schema, output.value);
  if (problem === undefined) return output;
  throw new StepFailure({ code: "invalid_output", message: `the run's output does not fit its schema: ${problem.message}`, field: `/output${problem.path}` });
}

async function unchecked(run: RunContext, reason: ExitReason, at: number): Promise<Payload> {
  if (reason.status === "interrupted") return outputAt(run, reason.by);
  const template = run.workflow.output;
  if (template === null) return sinksOutput(run, [""], "");
  const here = { path: "", nodeId: null, attempt: 1, visible: run.workflow.visibleAtEnd, inside: false, now: at };
  return payloadOf(run, await run.evaluator.evaluate(template, here));
}

/** Output of the last of `count` iterations. */
export async function whileOutput(run: RunContext, path: Path, count: number): Promise<Payload> {
  return count === 0 ? NULL_PAYLOAD : outputAt(run, `${path}[${count - 1}]`);
}

/** Sequential loops end with the iteration that broke out of them; in parallel ones every item has its place. */
async function listOfIterations(run: RunContext, node: CompiledNode, path: Path, begun: number): Promise<Payload> {
  const sequential = node.plan.loop?.parallelLimit === 1;
  const length = sequential ? begun : await itemCount(run, path, begun);
  const paths = Array.from({ length: Math.min(begun, length) }, (_, index) => `${path}[${index}]`);
  await run.values.load(paths.map((one) => ({ path: one, what: "output" as const })));
  const outputs = paths.map((one) => run.values.get(one)?.output ?? null);
  return listPayload([...outputs, ...Array.from({ length: length - paths.length }, () => null)]);
}

async function itemCount(run: RunContext, path: Path, begun: number): Promise<number> {
  await run.values.load([{ path, what: "input" }]);
  const input = run.values.get(path)?.input?.value as { items?: unknown[] } | undefined;
  return Math.max(begun, input?.items?.length ?? 0);
}

function slotsOf(run: RunContext, node: CompiledNode): string[] {
  return node.plan.slotNames.map((name) => `${node.node.id}:${name}`);
}

/** Ends of a path that leads out of its slot yield nothing to it. */
const LEAVING = new Set(["stop", "break", "continue"]);

async function sinksOutput(run: RunContext, slotKeys: readonly string[], prefix: string): Promise<Payload> {
  const { plan } = run.workflow;
  const sinks = slotKeys.flatMap((key) => plan.slots[key]?.sinks ?? []).filter((id) => !LEAVING.has(plan.nodes[id]?.role ?? ""));
  const paths = sinks.map((id) => prefix + id);
  await run.values.load(paths.map((path) => ({ path, what: "output" as const })));
  const outputs = paths.map((path) => run.values.get(path)?.output ?? null);
  const [only] = outputs;
  if (sinks.length === 1) return only ?? NULL_PAYLOAD;
  return sinks.length === 0 ? NULL_PAYLOAD : objectPayload(sinks.map((id, index) => [id, outputs[index] ?? null] as const));
}

/** Output of a step that may lie in a slot that is closed by now. */
async function outputAt(run: RunContext, path: Path): Promise<Payload> {
  const kept = run.takeOutput(path);
  if (kept !== undefined) return kept;
  await run.values.load([{ path, what: "output" }]);
  const known = run.values.get(path);
  return (known === undefined ? await run.values.read({ path, what: "output" }) : known.output) ?? NULL_PAYLOAD;
}

/** A `stop`, `break` or `continue` on its way out: its output must outlive the slots around it, which have none themselves. */
async function passedThrough(run: RunContext, by: Path): Promise<Payload> {
  run.keepOutput(by, await outputAt(run, by));
  return NULL_PAYLOAD;
}
