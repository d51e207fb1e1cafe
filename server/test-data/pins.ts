import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { readStepResult } from "@/server/runs/service";
import { findEditableWorkflow, lockWorkflow, tellWorkflowChanged } from "@/server/workflows/service";
import { PIN_MAX_BYTES, PINS_MAX_BYTES, type movePinInput, type pinChangeSchema, type pinInput, type unpinInput } from "./contract";

interface Context {
  scope: Scope;
}
type Pins = Record<string, unknown>;
type Change = z.output<typeof pinChangeSchema>;

/** From now on, test runs use this output in place of running the step. Beside the draft: its revision stays. */
export function pin({ scope }: Context, { workflowId, nodeId, from }: z.output<typeof pinInput>): Promise<Change> {
  return changePins(scope, workflowId, { action: "workflow.pinned", nodeId }, async (tx, pins) => {
    const value = "value" in from ? from.value : await outputOf(tx, scope, from);
    refuseLarger({ what: "pinned output", value, limitBytes: PIN_MAX_BYTES });
    return { ...pins, [nodeId]: value ?? null };
  });
}

export function unpin({ scope }: Context, { workflowId, nodeId }: z.output<typeof unpinInput>): Promise<Change> {
  return changePins(scope, workflowId, { action: "workflow.unpinned", nodeId }, (_tx, pins) => Promise.resolve(without(pins, nodeId)));
}

/** A pin goes along when its step is given another id. */
export function movePin({ scope }: Context, { workflowId, nodeId, to }: z.output<typeof movePinInput>): Promise<Change> {
  return changePins(scope, workflowId, { action: "workflow.pinned", nodeId: to }, (_tx, pins) =>
    Promise.resolve(Object.hasOwn(pins, nodeId) ? { ...without(pins, nodeId), [to]: pins[nodeId] } : pins),
  );
}

async function outputOf(tx: Tx, scope: Scope, from: { runId: string; path: string; attempt?: number }): Promise<unknown> {
  scope.require("run:read");
  const result = await readStepResult(tx, scope, from, PIN_MAX_BYTES);
  if (result === null) throw new DomainError("not_found", { what: "step run", id: from.path });
  if (result.status !== "succeeded") throw new DomainError("invalid_input", { field: "from", reason: `is a step that did not succeed (${result.status}): it has no output to pin` });
  return result.output;
}

function changePins(scope: Scope, workflowId: string, { action, nodeId }: { action: string; nodeId: string }, change: (tx: Tx, pins: Pins) => Promise<Pins>): Promise<Change> {
  return scope.db.transaction(async (tx) => {
    await lockWorkflow(tx, workflowId);
    const { name, pins } = await findEditableWorkflow(tx, workflowId);
    const before = pins as Pins;
    const after = await change(tx, before);
    if (after !== before) {
      refuseLarger({ what: "pinned outputs together", value: after, limitBytes: PINS_MAX_BYTES });
      await tx.workflow.update({ where: { id: workflowId }, data: { pins: after as Prisma.InputJsonValue } });
      await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
      await recordAudit(tx, scope, { action, resource: { type: "workflow", id: workflowId, name }, after: { nodeId } });
    }
    return { before: Object.hasOwn(before, nodeId) ? { value: before[nodeId] } : null };
  });
}

function without(pins: Pins, nodeId: string): Pins {
  const { [nodeId]: removed, ...others } = pins;
  return removed === undefined ? pins : others;
}

export function refuseLarger({ what, value, limitBytes }: { what: string; value: unknown; limitBytes: number }): void {
  if (Buffer.byteLength(JSON.stringify(value) ?? "null") > limitBytes) throw new DomainError("too_large", { what, limitBytes });
}
