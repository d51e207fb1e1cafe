import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { findArrangements } from "@/server/organizing/service";
import type * as contract from "./contract";
import { insertWorkflow } from "./drafts";
import { findExample, readExamples } from "./examples";
import { findExtras, findWorkflow, personOf, tellWorkflowChanged } from "./queries";
import { publish, summarizeVersions } from "./versions";
import { toSummary } from "./views";

export { updateDraft } from "./drafts";
export { readExamples as listExamples } from "./examples";
export { findEditableWorkflow, findWorkflow, lockWorkflow, tellWorkflowChanged } from "./queries";
export { archiveWorkflow, changeMany, deleteWorkflow, duplicateWorkflow, restoreWorkflow } from "./lifecycle";
export { listWorkflows } from "./listing";
export { resolveWorkflow } from "./resolve";
export { parseWorkflowFile, type WorkflowFile } from "./workflow-file";
export { getVersion, listVersions, publish, snapshotDraft, snapshotInline } from "./versions";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;
const done = { ok: true as const };

export function getWorkflow({ scope }: Context, { workflowId }: { workflowId: string }): Promise<contract.WorkflowDetail> {
  return scope.db.transaction((tx) => viewWorkflow(tx, scope, workflowId));
}

async function viewWorkflow(tx: Tx, scope: Scope, workflowId: string): Promise<contract.WorkflowDetail> {
  const workflow = await findWorkflow(tx, workflowId);
  const { publishedVersionId } = workflow;
  const publishedVersion = publishedVersionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: publishedVersionId }, select: { number: true, draftRevision: true } });
  const extras = await findExtras(tx, [workflowId]);
  const arrangements = await findArrangements(tx, "workflow", [workflowId], scope.userId);
  return {
    ...toSummary({ ...workflow, publishedVersion }, extras.get(workflowId), arrangements.get(workflowId)),
    definition: workflow.draft as Record<string, unknown>,
    revision: workflow.draftRevision,
    draftUpdatedBy: await personOf(tx, workflow.draftUpdatedById),
    pins: workflow.pins as Record<string, unknown>,
    problems: validateWorkflow(workflow.draft).problems,
    versions: await summarizeVersions(tx, workflow),
  };
}

export function createWorkflow({ scope }: Context, input: Input<typeof contract.createWorkflowInput>): Promise<contract.WorkflowDetail> {
  return scope.db.transaction(async (tx) => viewWorkflow(tx, scope, await insertWorkflow(tx, scope, input)));
}

export async function createFromExample(context: Context, input: Input<typeof contract.createFromExampleInput>): Promise<contract.WorkflowDetail> {
  const { name, description, definition } = await findExample(input.example);
  return createWorkflow(context, { name: input.name ?? name, description, definition });
}

/** The examples, published, so that a new installation has something to run. */
export async function prepareFirstWorkspace(context: Context): Promise<void> {
  for (const example of await readExamples()) {
    const { id: workflowId } = await createFromExample(context, { example: example.id });
    await publish(context, { workflowId, note: "Example" });
  }
}

export async function renameWorkflow({ scope }: Context, { workflowId, name, description }: Input<typeof contract.renameWorkflowInput>) {
  await scope.db.transaction(async (tx) => {
    const { name: before } = await findWorkflow(tx, workflowId);
    await tx.workflow.update({ where: { id: workflowId }, data: { name, ...(description === undefined ? {} : { description }) } });
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    await recordAudit(tx, scope, { action: "workflow.renamed", resource: { type: "workflow", id: workflowId, name }, before: { name: before }, after: { name } });
  });
  return done;
}

export async function validate({ scope }: Context, input: Input<typeof contract.validateInput>): Promise<Input<typeof contract.validateOutput>> {
  const document = "workflowId" in input ? (await findWorkflow(scope.db, input.workflowId)).draft : input.definition;
  const { problems } = validateWorkflow(document);
  return { valid: !problems.some(({ severity }) => severity === "error"), problems };
}
