import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import { copyTags, findArrangements } from "@/server/organizing/service";
import type { changeManyInput, duplicateWorkflowInput } from "./contract";
import { refuseUsed } from "./called";
import { asJson, insertWorkflow } from "./drafts";
import { findWorkflow, freeSlug, tellWorkflowChanged } from "./queries";

interface Context {
  scope: Scope;
}
type Action = z.output<typeof changeManyInput>["action"];
const done = { ok: true as const };

/** No new runs and no edits; what runs goes on. */
export const archiveWorkflow = (context: Context, { workflowId }: { workflowId: string }) => changeMany(context, { workflowIds: [workflowId], action: "archive" });
export const restoreWorkflow = (context: Context, { workflowId }: { workflowId: string }) => changeMany(context, { workflowIds: [workflowId], action: "restore" });
export const deleteWorkflow = (context: Context, { workflowId }: { workflowId: string }) => changeMany(context, { workflowIds: [workflowId], action: "delete" });

/** All of them or none. */
export async function changeMany({ scope }: Context, { workflowIds, action }: z.output<typeof changeManyInput>) {
  const ids = [...new Set(workflowIds)];
  await scope.db.transaction(async (tx) => {
    if (action === "delete") for (const id of ids) await refuseUsed(tx, await findWorkflow(tx, id), ids);
    for (const id of ids) await change(tx, scope, id, action);
  });
  return done;
}

const AUDITED: Readonly<Record<Action, string>> = { archive: "workflow.archived", restore: "workflow.restored", delete: "workflow.deleted", undelete: "workflow.undeleted" };

async function change(tx: Tx, scope: Scope, id: string, action: Action): Promise<void> {
  const workflow = action === "undelete" ? await findDeleted(tx, id) : await findWorkflow(tx, id);
  await requireUnlocked(tx, scope, { workflowIds: [id] });
  await tx.workflow.update({ where: { id }, data: await changeOf(tx, workflow, action) });
  await tellWorkflowChanged(tx, scope.workspaceId, id);
  await recordAudit(tx, scope, { action: AUDITED[action], resource: { type: "workflow", id, name: workflow.name } });
}

async function changeOf(tx: Tx, { slug, name }: { slug: string; name: string }, action: Action): Promise<Prisma.WorkflowUpdateInput> {
  switch (action) {
    case "archive":
      return { archivedAt: new Date() };
    case "restore":
      return { archivedAt: null };
    case "delete":
      return { deletedAt: new Date() };
    case "undelete": {
      // Meanwhile another workflow may have taken the name for programs.
      const taken = await tx.workflow.count({ where: { OR: [{ slug }, { name: slug }], deletedAt: null } });
      return { deletedAt: null, ...(taken > 0 ? { slug: await freeSlug(tx, name) } : {}) };
    }
  }
}

async function findDeleted(tx: Tx, id: string) {
  const workflow = await tx.workflow.findFirst({ where: { id, deletedAt: { not: null } } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id });
  return workflow;
}

const NAME_LENGTH = 200;

/** The draft with its pins, folder and tags under another name. What it refers to stays the same. */
export function duplicateWorkflow({ scope }: Context, { workflowId, name: wanted }: z.output<typeof duplicateWorkflowInput>): Promise<{ id: string; name: string }> {
  return scope.db.transaction(async (tx) => {
    const original = await findWorkflow(tx, workflowId);
    const name = wanted ?? (await freeCopyName(tx, original.name));
    const place = (await findArrangements(tx, "workflow", [workflowId], null)).get(workflowId);
    const id = await insertWorkflow(tx, scope, { name, description: original.description, definition: original.draft as Record<string, unknown>, folderId: place?.folderId ?? undefined });
    await tx.workflow.update({ where: { id }, data: { pins: asJson(original.pins) } });
    await copyTags(tx, scope, "workflow", workflowId, id);
    return { id, name };
  });
}

async function freeCopyName(tx: Tx, name: string): Promise<string> {
  const base = name.replace(/ \(copy(?: \d+)?\)$/, "").slice(0, NAME_LENGTH - " (copy 9999)".length);
  const taken = new Set((await tx.workflow.findMany({ where: { name: { startsWith: base }, deletedAt: null }, select: { name: true } })).map((row) => row.name));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${base} (copy)` : `${base} (copy ${number})`;
    if (!taken.has(candidate)) return candidate;
  }
}
