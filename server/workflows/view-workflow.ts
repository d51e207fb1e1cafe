import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { deployedIn, findEnvironments } from "@/server/environments/service";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { findArrangements } from "@/server/organizing/service";
import type { createWorkflowInput, WorkflowDetail } from "./contract";
import { insertWorkflow } from "./drafts";
import { findExtras, findWorkflow, personOf } from "./queries";
import { summarizeVersions } from "./versions";
import { toSummary } from "./views";

interface Context {
  scope: Scope;
}

export function getWorkflow({ scope }: Context, { workflowId }: { workflowId: string }): Promise<WorkflowDetail> {
  return scope.db.transaction((tx) => viewWorkflow(tx, scope, workflowId));
}

export async function viewWorkflow(tx: Tx, scope: Scope, workflowId: string): Promise<WorkflowDetail> {
  const workflow = await findWorkflow(tx, workflowId);
  const { publishedVersionId } = workflow;
  const publishedVersion = publishedVersionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: publishedVersionId }, select: { number: true, draftRevision: true } });
  const [first] = await findEnvironments(tx);
  const baseVersionId = first === undefined ? publishedVersionId : ((await deployedIn(tx, workflowId, first.id))?.versionId ?? null);
  const base = baseVersionId === publishedVersionId ? publishedVersion : await tx.workflowVersion.findFirst({ where: { id: baseVersionId ?? "" }, select: { draftRevision: true } });
  const extras = await findExtras(tx, [workflowId]);
  const arrangements = await findArrangements(tx, "workflow", [workflowId], scope.userId);
  return {
    ...toSummary({ ...workflow, publishedVersion }, extras.get(workflowId), arrangements.get(workflowId)),
    draftChanged: base !== null && base.draftRevision !== workflow.draftRevision,
    baseVersionId,
    definition: workflow.draft as Record<string, unknown>,
    revision: workflow.draftRevision,
    draftUpdatedBy: await personOf(tx, workflow.draftUpdatedById),
    pins: workflow.pins as Record<string, unknown>,
    problems: validateWorkflow(workflow.draft).problems,
    versions: await summarizeVersions(tx, workflow),
  };
}

export function createWorkflow({ scope }: Context, input: z.output<typeof createWorkflowInput>): Promise<WorkflowDetail> {
  return scope.db.transaction(async (tx) => viewWorkflow(tx, scope, await insertWorkflow(tx, scope, input)));
}
