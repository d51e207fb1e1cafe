import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { findEditableWorkflow, findWorkflow, lockWorkflow, tellWorkflowChanged } from "@/server/workflows/service";
import { SAMPLE_MAX_BYTES, SAMPLES_MAX, type deleteSampleInput, type SampleInput, type saveSampleInput } from "./contract";
import { refuseLarger } from "./pins";

interface Context {
  scope: Scope;
}

export function listSamples({ scope }: Context, { workflowId }: { workflowId: string }): Promise<SampleInput[]> {
  return scope.db.transaction(async (tx) => {
    await findWorkflow(tx, workflowId);
    const rows = await tx.sampleInput.findMany({ where: { workflowId }, orderBy: { name: "asc" }, take: SAMPLES_MAX });
    return rows.map(toSample);
  });
}

export function saveSample({ scope }: Context, { workflowId, name, input }: z.output<typeof saveSampleInput>): Promise<SampleInput> {
  refuseLarger({ what: "sample input", value: input, limitBytes: SAMPLE_MAX_BYTES });
  return scope.db.transaction(async (tx) => {
    await lockWorkflow(tx, workflowId);
    const workflow = await findEditableWorkflow(tx, workflowId);
    const known = await tx.sampleInput.findFirst({ where: { workflowId, name } });
    if (known === null && (await tx.sampleInput.count({ where: { workflowId } })) >= SAMPLES_MAX) throw new DomainError("limit_reached", { what: "sample inputs of a workflow", limit: SAMPLES_MAX });
    const json = (input ?? {}) as Prisma.InputJsonValue;
    const saved =
      known === null
        ? await tx.sampleInput.create({ data: { id: newId(), workspaceId: scope.workspaceId, workflowId, name, input: json, createdById: scope.userId } })
        : await tx.sampleInput.update({ where: { id: known.id }, data: { input: json } });
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    await recordAudit(tx, scope, { action: "workflow.sample_saved", resource: { type: "workflow", id: workflowId, name: workflow.name }, after: { sample: name } });
    return toSample(saved);
  });
}

/** Answers what was deleted, for taking it back. */
export function deleteSample({ scope }: Context, { workflowId, sampleId }: z.output<typeof deleteSampleInput>): Promise<SampleInput> {
  return scope.db.transaction(async (tx) => {
    const workflow = await findEditableWorkflow(tx, workflowId);
    const sample = await tx.sampleInput.findFirst({ where: { id: sampleId, workflowId } });
    if (sample === null) throw new DomainError("not_found", { what: "sample input", id: sampleId });
    await tx.sampleInput.delete({ where: { id: sampleId } });
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    await recordAudit(tx, scope, { action: "workflow.sample_deleted", resource: { type: "workflow", id: workflowId, name: workflow.name }, before: { sample: sample.name } });
    return toSample(sample);
  });
}

function toSample({ id, name, input, updatedAt }: { id: string; name: string; input: unknown; updatedAt: Date }): SampleInput {
  return { id, name, input, updatedAt: updatedAt.toISOString() };
}
