import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { definitionSchema, type Definition } from "@/server/engine/definition";
import { DomainError } from "@/server/errors/domain-error";
import { readsOfNode } from "@/server/nodes/reads-of-node";
import { readLoopItems, readStepResult, startRun } from "@/server/runs/service";
import { findWorkflow } from "@/server/workflows/service";
import { STEP_LABEL } from "./constants";
import { STEP_SCOPE_MAX_BYTES, type testStepInput, type testStepOutput } from "./contract";
import { refuseLarger } from "./pins";

type Input = z.output<typeof testStepInput>;
type Loop = Input["loops"][number];

/** Executes one step of the draft for real, with what earlier runs and pins say about the steps it reads. */
export async function testStep({ scope }: { scope: Scope }, input: Input): Promise<z.output<typeof testStepOutput>> {
  scope.require("workflow:write");
  scope.require("run:read");
  const { workflowId, nodeId } = input;
  const { given, without } = await scope.db.transaction(async (tx) => {
    const workflow = await findWorkflow(tx, workflowId);
    const definition = definitionSchema.safeParse(workflow.draft);
    if (!definition.success) throw new DomainError("invalid_input", { field: "draft", reason: "cannot be read; see its problems" });
    if (!definition.data.nodes.some(({ id }) => id === nodeId)) throw new DomainError("invalid_input", { field: "nodeId", reason: "is no node of the draft" });
    const pins = workflow.pins as Record<string, unknown>;
    return { given: await givenScope(tx, scope, definition.data, pins, input), without: Object.hasOwn(pins, nodeId) };
  });
  refuseLarger({ what: "data that this step reads", value: given, limitBytes: STEP_SCOPE_MAX_BYTES });
  return startRun({ scope }, { workflowId, mode: "test", input: input.input, trigger: input.trigger, onlyNode: { id: nodeId, scope: given }, labels: { [STEP_LABEL]: nodeId }, ...(without ? { unpinned: [nodeId] } : {}) });
}

async function givenScope(tx: Tx, scope: Scope, definition: Definition, pins: Record<string, unknown>, { nodeId, sources, loops }: Input): Promise<Record<string, unknown>> {
  const reads = readsOfNode(definition, nodeId);
  const steps: Record<string, unknown> = {};
  for (const id of reads.steps) {
    const source = sources[id];
    if (Object.hasOwn(pins, id)) steps[id] = { output: pins[id], error: null, status: "succeeded" };
    else if (source !== undefined) steps[id] = await readStepResult(tx, scope, source, STEP_SCOPE_MAX_BYTES);
    if (steps[id] == null) throw new DomainError("invalid_input", { field: `sources.${id}`, reason: `is missing: this step reads ${id}, which has no result yet. Run up to here, or pin an output of ${id}` });
  }
  return { steps, ...(await loopScope(tx, scope, loops)) };
}

async function loopScope(tx: Tx, scope: Scope, places: readonly Loop[]): Promise<Record<string, unknown>> {
  const nearest = places.at(-1);
  if (nearest === undefined) return {};
  const loops: Record<string, { item: unknown; index: number }> = {};
  for (const { id, index, ...place } of places) loops[id] = { item: (await readLoopItems(tx, scope, place, STEP_SCOPE_MAX_BYTES))[index] ?? null, index };
  const { runId, path, index } = nearest;
  const previous = index === 0 ? null : await readStepResult(tx, scope, { runId, path: `${path}[${index - 1}]` }, STEP_SCOPE_MAX_BYTES);
  return { item: loops[nearest.id]?.item, index, loops, previous: previous?.output ?? null };
}
