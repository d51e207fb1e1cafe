import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { pageFrom } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import type { Page } from "@/server/paging/contract";
import type * as contract from "./contract";
import { insertWorkflow } from "./drafts";
import { findExample, readExamples } from "./examples";
import { findExtras, findWorkflow, findWorkflows, personOf, tellWorkflowChanged } from "./queries";
import { publish, summarizeVersions } from "./versions";
import { toSummary } from "./views";

export { updateDraft } from "./drafts";
export { readExamples as listExamples } from "./examples";
export { findEditableWorkflow, findWorkflow, lockWorkflow, tellWorkflowChanged } from "./queries";
export { resolveWorkflow } from "./resolve";
export { parseWorkflowFile, type WorkflowFile } from "./workflow-file";
export { getVersion, listVersions, publish, snapshotDraft, snapshotInline } from "./versions";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;
const done = { ok: true as const };

export function listWorkflows({ scope }: Context, input: Input<typeof contract.listWorkflowsInput>): Promise<Page<contract.WorkflowSummary>> {
  return scope.db.transaction(async (tx) => {
    const rows = await findWorkflows(tx, input);
    const extras = await findExtras(tx, rows.map(({ id }) => id));
    return pageFrom(rows, input.limit, ({ updatedAt, id }) => ({ at: updatedAt, id }), (row) => toSummary(row, extras.get(row.id)));
  });
}

export function getWorkflow({ scope }: Context, { workflowId }: { workflowId: string }): Promise<contract.WorkflowDetail> {
  return scope.db.transaction((tx) => viewWorkflow(tx, workflowId));
}

async function viewWorkflow(tx: Tx, workflowId: string): Promise<contract.WorkflowDetail> {
  const workflow = await findWorkflow(tx, workflowId);
  const { publishedVersionId } = workflow;
  const publishedVersion = publishedVersionId === null ? null : await tx.workflowVersion.findFirst({ where: { id: publishedVersionId }, select: { number: true, draftRevision: true } });
  const extras = await findExtras(tx, [workflowId]);
  return {
    ...toSummary({ ...workflow, publishedVersion }, extras.get(workflowId)),
    definition: workflow.draft as Record<string, unknown>,
    revision: workflow.draftRevision,
    draftUpdatedBy: await personOf(tx, workflow.draftUpdatedById),
    pins: workflow.pins as Record<string, unknown>,
    problems: validateWorkflow(workflow.draft).problems,
    versions: await summarizeVersions(tx, workflow),
  };
}

export function createWorkflow({ scope }: Context, input: Input<typeof contract.createWorkflowInput>): Promise<contract.WorkflowDetail> {
  return scope.db.transaction(async (tx) => viewWorkflow(tx, await insertWorkflow(tx, scope, input)));
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

/** No new runs and no edits; what runs goes on. */
export function archiveWorkflow(context: Context, { workflowId }: { workflowId: string }) {
  return changeState(context, workflowId, "workflow.archived", { archivedAt: new Date() });
}

export function restoreWorkflow(context: Context, { workflowId }: { workflowId: string }) {
  return changeState(context, workflowId, "workflow.restored", { archivedAt: null });
}

export async function deleteWorkflow(context: Context, { workflowId }: { workflowId: string }) {
  const { id, slug } = await findWorkflow(context.scope.db, workflowId);
  const users = await context.scope.db.workflowDependency.findMany({
    where: { targetType: "workflow", targetRef: { in: [id, slug] }, origin: "published", workflowId: { not: id }, workflow: { deletedAt: null, archivedAt: null } },
    select: { workflow: { select: { name: true } } },
    distinct: ["workflowId"],
  });
  if (users.length > 0) throw new DomainError("in_use", { what: "workflow", id, usedBy: users.map(({ workflow }) => workflow.name) });
  return changeState(context, workflowId, "workflow.deleted", { deletedAt: new Date() });
}

async function changeState({ scope }: Context, workflowId: string, action: string, data: { archivedAt?: Date | null; deletedAt?: Date }) {
  await scope.db.transaction(async (tx) => {
    const { name } = await findWorkflow(tx, workflowId);
    await tx.workflow.update({ where: { id: workflowId }, data });
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    await recordAudit(tx, scope, { action, resource: { type: "workflow", id: workflowId, name } });
  });
  return done;
}
