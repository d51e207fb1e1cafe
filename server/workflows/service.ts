import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { requireUnlocked } from "@/server/protection/service";
import type * as contract from "./contract";
import { idCalled, idsCalled, refuseHandingOn } from "./called";
import { findWorkflow, tellWorkflowChanged } from "./queries";

export { updateDraft } from "./drafts";
export { requireKnownApprovers } from "./approvers";
export { findCalledOutput } from "./called-output";
export { callOthers } from "./call-others";
export { hashDefinition } from "./definition-hash";
export { dependenciesOf, dependenciesOfDraft } from "./dependencies";
export { insertWorkflow } from "./drafts";
export { createFromExample, prepareFirstWorkspace } from "./from-example";
export { readExamples as listExamples } from "./examples";
export { findEditableWorkflow, findWorkflow, freeSlug, lockWorkflow, tellWorkflowChanged } from "./queries";
export { archiveWorkflow, changeMany, deleteWorkflow, duplicateWorkflow, restoreWorkflow } from "./lifecycle";
export { listWorkflows } from "./listing";
export { createWorkflow, getWorkflow } from "./view-workflow";
export { namesOfPeople } from "./queries";
export { findCalled, resolveWorkflow, VERSION_SETTINGS } from "./resolve";
export { parseWorkflowFile, parseWorkflowFiles, type WorkflowFile } from "./workflow-file";
export { getVersion, goLive, listVersions, publish, requireRunnable, requireTriggersUsable, snapshotDraft, snapshotInline } from "./versions";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NAMES_MAX = 200;
const done = { ok: true as const };

/** The cheapest way to ask whether somebody may see a workflow. */
export async function getWorkflowName({ scope }: Context, { workflowId }: { workflowId: string }): Promise<string> {
  const workflow = await scope.db.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { name: true } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
  return workflow.name;
}

/** Those that are called by an id, short name or name, by the rule of calls: what may be seen of them. */
export async function findWorkflowNames({ scope }: Context, { refs }: Input<typeof contract.workflowNamesInput>): Promise<z.output<typeof contract.workflowNamesOutput>> {
  const ids = [...(await idsCalled(scope.workspaceId, refs)), ...refs.filter((ref) => UUID.test(ref))];
  return scope.db.workflow.findMany({ where: { deletedAt: null, id: { in: ids } }, select: { id: true, slug: true, name: true }, take: NAMES_MAX });
}

export async function renameWorkflow({ scope }: Context, { workflowId, name, description }: Input<typeof contract.renameWorkflowInput>) {
  await scope.db.transaction(async (tx) => {
    const { name: before } = await findWorkflow(tx, workflowId);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    const isCalledByName = name !== before && (await idCalled(tx, before)) === workflowId;
    await tx.workflow.update({ where: { id: workflowId }, data: { name, ...(description === undefined ? {} : { description }) } });
    if (isCalledByName) await refuseHandingOn(tx, { id: workflowId, name: before });
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
