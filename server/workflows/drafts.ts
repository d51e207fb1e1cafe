import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { requireUnlocked } from "@/server/protection/service";
import { placeNew } from "@/server/organizing/service";
import type { createWorkflowInput, updateDraftInput, updateDraftOutput } from "./contract";
import { dependenciesOf } from "./dependencies";
import { findEditableWorkflow, freeSlug, lockWorkflow, tellWorkflowChanged } from "./queries";

type Document = Record<string, unknown>;

/** A draft that can be run as it is: one manual trigger. */
const FIRST_DRAFT: Document = {
  schema: 1,
  input: { type: "object", properties: {} },
  nodes: [{ id: "start", kind: "trigger.manual", name: "Start", config: {}, position: { x: 0, y: 0 } }],
  edges: [],
};

/** Makes a workflow with a draft and no version. */
export async function insertWorkflow(tx: Tx, scope: Scope, input: z.output<typeof createWorkflowInput>, slug?: string, kind: "flow" | "module" = "flow"): Promise<string> {
  const draft = input.definition ?? FIRST_DRAFT;
  refuseOversized(draft);
  const { name, description, folderId } = input;
  const id = newId();
  // The place is first: a scope that is held to folders makes what lies in one, and nothing else.
  if (folderId !== undefined) await placeNew(tx, scope, "workflow", id, folderId);
  else if (scope.places !== null) throw new DomainError("invalid_input", { field: "folderId", reason: "must name a folder, since you have access to some folders only" });
  await requireUnlocked(tx, scope, { folderIds: folderId === undefined ? [] : [folderId] });
  await tx.workflow.create({
    data: { id, workspaceId: scope.workspaceId, kind, name, description, slug: slug ?? (await freeSlug(tx, scope.places === null ? name : `${name} ${id.slice(-6)}`)), draft: asJson(draft), draftUpdatedById: scope.userId, createdById: scope.userId },
  });
  await replaceDependencies(tx, scope, id, "draft", draft);
  await recordAudit(tx, scope, { action: "workflow.created", resource: { type: "workflow", id, name } });
  await tellWorkflowChanged(tx, scope.workspaceId, id);
  return id;
}

/** Saves whatever the person has; only somebody else's save in between stops it. */
export async function updateDraft({ scope }: { scope: Scope }, input: z.output<typeof updateDraftInput>): Promise<z.output<typeof updateDraftOutput>> {
  const { workflowId, definition, revision, pins } = input;
  refuseOversized({ definition, pins });
  const { problems } = validateWorkflow(definition);
  return scope.db.transaction(async (tx) => {
    await lockWorkflow(tx, workflowId);
    const workflow = await findEditableWorkflow(tx, workflowId);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    if (workflow.draftRevision !== revision) {
      throw new DomainError("version_conflict", { workflowId, expectedRevision: revision, currentRevision: workflow.draftRevision });
    }
    await tx.workflow.update({
      where: { id: workflowId },
      data: {
        draft: asJson(definition),
        ...(pins === undefined ? {} : { pins: asJson(pins) }),
        draftRevision: revision + 1,
        draftUpdatedAt: new Date(),
        draftUpdatedById: scope.userId,
      },
    });
    await replaceDependencies(tx, scope, workflowId, "draft", definition);
    await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
    const { name } = workflow;
    await recordAudit(tx, scope, { action: "workflow.draft_saved", resource: { type: "workflow", id: workflowId, name }, after: { revision: revision + 1 } });
    return { revision: revision + 1, problems };
  });
}

export async function replaceDependencies(tx: Tx, scope: Scope, workflowId: string, origin: "draft" | "published", document: unknown): Promise<void> {
  const { definition } = validateWorkflow(document);
  await tx.workflowDependency.deleteMany({ where: { workflowId, origin } });
  if (definition === null) return;
  const rows = dependenciesOf(definition).map((dependency) => ({ ...dependency, workspaceId: scope.workspaceId, workflowId, origin }));
  if (rows.length > 0) await tx.workflowDependency.createMany({ data: rows });
}

function refuseOversized(document: unknown): void {
  const limitBytes = env.REQUEST_MAX_BYTES;
  if (JSON.stringify(document).length > limitBytes) throw new DomainError("too_large", { what: "definition", limitBytes });
}

export function asJson(document: unknown): Prisma.InputJsonValue {
  return document as Prisma.InputJsonValue;
}
