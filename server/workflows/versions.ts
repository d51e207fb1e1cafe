import type { z } from "zod";
import { Prisma, type Workflow } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { boundOf } from "@/server/auth/acting/run-identity";
import { readRunAs, requireRunAs, requireUsable } from "@/server/auth/acting/run-as";
import { rightsOfAuthor } from "@/server/auth/acting/start-identity";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import type { Definition } from "@/server/engine/definition";
import { deployedIn, findEnvironments, holdEnvironments, recordDeployment, requirePromoter } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { requireKnownApprovers } from "./approvers";
import type { publishInput, VersionSummary, versionDetailSchema } from "./contract";
import { requireReviewed, requireUnlocked, reviewUsed } from "@/server/protection/service";
import { declareTriggers, tellTriggerChanged } from "@/server/triggers/service";
import { hashDefinition } from "./definition-hash";
import { asJson, replaceDependencies } from "./drafts";
import { findEditableWorkflow, findWorkflow, lockWorkflow, namesOfPeople, tellWorkflowChanged } from "./queries";
import { VERSIONS_PAGE } from "./constants";
import { toVersionSummary } from "./views";

interface Context {
  scope: Scope;
}

/** The definition, if it can run; else every reason why not. */
export function requireRunnable(document: unknown): Definition {
  const { definition, problems } = validateWorkflow(document);
  if (definition === null || problems.some(({ severity }) => severity === "error")) throw new DomainError("invalid_definition", { problems });
  return definition;
}

/** Makes the draft the version that new runs use. Publishing an unchanged draft again answers the version there is. */
export async function publish({ scope }: Context, { workflowId, note, revision, bypassReview = false }: z.input<typeof publishInput> & { note: string }): Promise<VersionSummary> {
  const { summary, triggerIds } = await scope.db.transaction(async (tx) => {
    await holdEnvironments(tx, scope.workspaceId);
    await lockWorkflow(tx, workflowId);
    const workflow = await findEditableWorkflow(tx, workflowId);
    if (workflow.kind === "module") throw new DomainError("invalid_input", { field: "workflowId", reason: "is the draft of a block: make a new version of the block" });
    if (revision !== undefined && revision !== workflow.draftRevision) {
      throw new DomainError("version_conflict", { workflowId, expectedRevision: revision, currentRevision: workflow.draftRevision });
    }
    const definition = requireRunnable(workflow.draft);
    await requireKnownApprovers(tx, definition);
    const names = await namesOfPeople(tx, [scope.userId]);
    const environments = await findEnvironments(tx);
    const [first] = environments;
    const currentId = first === undefined ? workflow.publishedVersionId : ((await deployedIn(tx, workflowId, first.id))?.versionId ?? null);
    const current = currentId === null ? null : await tx.workflowVersion.findFirst({ where: { id: currentId } });
    if (current?.draftRevision === workflow.draftRevision) {
      return { summary: toVersionSummary(current, workflow.publishedVersionId, await namesOfPeople(tx, [current.authorId])), triggerIds: [] };
    }
    if (first !== undefined) requirePromoter(scope, first);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    const reviewed = await requireReviewed(tx, scope, workflow, bypassReview);
    const number = workflow.latestNumber + 1;
    // Without environments, and with one alone, what is published is live at once.
    const isLive = environments.length < 2;
    await requireTriggersUsable(tx, scope, workflowId, isLive ? null : first!.id);
    const runAs = await runAsOf(tx, scope, definition);
    const version = await tx.workflowVersion.create({ data: { ...versionOf(scope, workflow, definition), number, listed: true, note, runAs: runAs === null ? Prisma.DbNull : asJson(runAs) } });
    await tx.workflow.update({ where: { id: workflowId }, data: { latestNumber: number } });
    if (first !== undefined) await recordDeployment(tx, scope, { workflowId, environmentId: first.id, versionId: version.id, kind: "published", note });
    const declared = isLive ? await goLive(tx, scope, workflowId, version.id, definition) : [];
    await reviewUsed(tx, scope, { workflowId, environmentId: null }, reviewed, number);
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    const { name } = workflow;
    await recordAudit(tx, scope, { action: "workflow.published", resource: { type: "workflow", id: workflowId, name }, after: { number, note, hash: version.hash, ...(first === undefined ? {} : { environment: first.slug }) } });
    return { summary: toVersionSummary(version, isLive ? version.id : workflow.publishedVersionId, names), triggerIds: declared };
  });
  for (const triggerId of triggerIds) tellTriggerChanged(scope.workspaceId, triggerId);
  return summary;
}

/** Makes it the version that everything starts which names none. Answers the triggers that it declares, and those that are gone. */
export async function goLive(tx: Tx, scope: Scope, workflowId: string, versionId: string, definition: Definition): Promise<string[]> {
  await tx.workflow.update({
    where: { id: workflowId },
    data: { publishedVersionId: versionId, publishedAt: new Date(), inputSchema: schemaOf(definition.input), outputSchema: schemaOf(definition.outputSchema) },
  });
  await replaceDependencies(tx, scope, workflowId, "published", definition);
  return declareTriggers(tx, scope, workflowId, versionId, definition);
}

/** Whoever changes what triggers start (null: the live ones) changes what is done in the name of those whom they act for: all of them must be theirs to use. */
export async function requireTriggersUsable(tx: Tx, scope: Scope, workflowId: string, environmentId: string | null): Promise<void> {
  const triggers = await tx.trigger.findMany({ where: { workflowId, environmentId, declared: false, deletedAt: null, versionId: null, runAs: { not: null } }, select: { name: true, actsAs: true } });
  for (const { name, actsAs } of triggers) {
    const runAs = readRunAs(actsAs);
    if (runAs !== null) await requireUsable(scope, runAs, `the identity of the trigger ${name}`);
  }
}

/** Whom the version's runs act for: whoever publishes changes what is done in that name. */
async function runAsOf(tx: Tx, scope: Scope, { settings }: Definition) {
  return settings.runAs === undefined || settings.runAs === "" ? null : requireRunAs(tx, scope, settings.runAs, "settings.runAs");
}

function versionOf(scope: Scope, workflow: Workflow | null, definition: Definition) {
  return {
    id: newId(),
    workspaceId: scope.workspaceId,
    workflowId: workflow?.id ?? null,
    definition: asJson(definition),
    hash: hashDefinition(definition),
    inputSchema: schemaOf(definition.input),
    outputSchema: schemaOf(definition.outputSchema),
    draftRevision: workflow?.draftRevision ?? null,
    authorId: scope.userId,
    publisherRights: asJson(boundOf(rightsOfAuthor(scope))),
  };
}

function schemaOf(schema: Definition["input"] | undefined) {
  return schema === undefined ? Prisma.DbNull : asJson(schema);
}

/** The draft as it is now, as an unlisted version: what a test runs. One and the same for every test of one revision. */
export async function snapshotDraft(tx: Tx, scope: Scope, workflow: Workflow): Promise<{ id: string; definition: Definition }> {
  const definition = requireRunnable(workflow.draft);
  const existing = await tx.workflowVersion.findFirst({
    where: { workflowId: workflow.id, listed: false, draftRevision: workflow.draftRevision, hash: hashDefinition(definition) },
    select: { id: true },
  });
  const { id } = existing ?? (await tx.workflowVersion.create({ data: versionOf(scope, workflow, definition), select: { id: true } }));
  return { id, definition };
}

/** A definition that belongs to no workflow, for one test run. */
export async function snapshotInline(tx: Tx, scope: Scope, document: unknown): Promise<{ id: string; definition: Definition }> {
  const definition = requireRunnable(document);
  const { id } = await tx.workflowVersion.create({ data: versionOf(scope, null, definition), select: { id: true } });
  return { id, definition };
}

export async function listVersions({ scope }: Context, { workflowId, cursor }: { workflowId: string; cursor?: number }): Promise<VersionSummary[]> {
  return scope.db.transaction(async (tx) => summarizeVersions(tx, await findWorkflow(tx, workflowId), cursor));
}

/** The newest, or the newest before a number. */
export async function summarizeVersions(tx: Tx, workflow: Workflow, before?: number): Promise<VersionSummary[]> {
  const versions = await tx.workflowVersion.findMany({
    where: { workflowId: workflow.id, listed: true, ...(before === undefined ? {} : { number: { lt: before } }) },
    omit: { definition: true, inputSchema: true, outputSchema: true },
    orderBy: { number: "desc" },
    take: VERSIONS_PAGE,
  });
  const names = await namesOfPeople(tx, versions.map(({ authorId }) => authorId));
  return versions.map((version) => toVersionSummary(version, workflow.publishedVersionId, names));
}

export async function getVersion({ scope }: Context, { versionId }: { versionId: string }): Promise<z.output<typeof versionDetailSchema>> {
  return scope.db.transaction(async (tx) => {
    const version = await tx.workflowVersion.findFirst({ where: { id: versionId, listed: true } });
    if (version?.workflowId == null) throw new DomainError("not_found", { what: "version", id: versionId });
    const workflow = await findWorkflow(tx, version.workflowId);
    const names = await namesOfPeople(tx, [version.authorId]);
    return { ...toVersionSummary(version, workflow.publishedVersionId, names), workflowId: workflow.id, definition: version.definition as Record<string, unknown> };
  });
}
