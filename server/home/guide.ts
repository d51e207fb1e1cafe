import { newId } from "@/server/db/id";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { startRun } from "@/server/runs/service";
import { createFromExample, listExamples } from "@/server/workflows/service";
import { z } from "zod";
import type { Guide } from "./contract";

interface Context {
  scope: Scope;
}

/** The example that a new installation shows, by its file. */
const EXAMPLE = "order-processing";
const SETTING = "first-start";
/** Of one person in one workspace: the name carries the workspace, as a person's settings are theirs everywhere. */
const hiddenKey = (workspaceId: string) => `first-start-hidden:${workspaceId}`;
const settingSchema = z.object({ runId: z.string(), workflowId: z.string() });

/** Runs the example once, however often it is called, so that the first page shows something real. */
export async function runFirstExample({ scope }: Context): Promise<void> {
  const example = (await listExamples()).find(({ id }) => id === EXAMPLE);
  if (example === undefined) return;
  const workflow = await scope.db.workflow.findFirst({ where: { name: example.name, deletedAt: null, archivedAt: null, publishedVersionId: { not: null } }, select: { id: true } });
  if (workflow === null) return;
  const { runId } = await startRun({ scope }, { workflowId: workflow.id, mode: "production", input: example.input, idempotencyKey: SETTING });
  const value = { runId, workflowId: workflow.id };
  await scope.db.transaction(async (tx) => {
    if ((await findSetting(tx, SETTING, "workspace", scope.workspaceId)) !== null) return;
    await tx.scopedSetting.create({ data: { id: newId(), key: SETTING, scopeType: "workspace", scopeId: scope.workspaceId, workspaceId: scope.workspaceId, value, origin: "first start" } });
  });
}

/** The same in a workspace that was made later, when somebody asks for it: the example is made and run, and the guide is there. */
export async function beginWithExample({ scope }: Context): Promise<{ runId: string }> {
  scope.require("workflow:write");
  scope.require("run:start");
  const { id: workflowId } = await createFromExample({ scope }, { example: EXAMPLE });
  const input = (await listExamples()).find(({ id }) => id === EXAMPLE)?.input;
  const { runId } = await startRun({ scope }, { workflowId, mode: "production", input }).catch((error: unknown) => {
    // Where versions are reviewed or promoted first, the example is not live yet: it runs as a test.
    if (error instanceof DomainError && error.kind === "not_published") return startRun({ scope }, { workflowId, mode: "test", input });
    throw error;
  });
  await scope.db.transaction(async (tx) => {
    await tx.scopedSetting.deleteMany({ where: { key: SETTING, scopeType: "workspace", scopeId: scope.workspaceId } });
    await tx.scopedSetting.create({ data: { id: newId(), key: SETTING, scopeType: "workspace", scopeId: scope.workspaceId, workspaceId: scope.workspaceId, value: { runId, workflowId }, updatedById: scope.userId } });
  });
  return { runId };
}

function findSetting(tx: Tx, key: string, scopeType: string, scopeId: string) {
  return tx.scopedSetting.findFirst({ where: { key, scopeType, scopeId } });
}

export function viewGuide({ scope }: Context): Promise<Guide> {
  const { userId, workspaceId } = scope;
  return scope.db.transaction(async (tx) => {
    const setting = settingSchema.safeParse((await findSetting(tx, SETTING, "workspace", workspaceId))?.value).data;
    if (setting === undefined || userId === null) return null;
    if ((await findSetting(tx, hiddenKey(workspaceId), "user", userId)) !== null) return null;
    const workflow = await tx.workflow.findFirst({ where: { id: setting.workflowId, deletedAt: null, archivedAt: null }, select: { id: true, name: true, publishedVersionId: true } });
    const run = await tx.run.findFirst({ where: { id: setting.runId }, select: { id: true, status: true, createdAt: true, startedAt: true, finishedAt: true } });
    if (workflow === null || run === null) return null;
    const live = run.finishedAt === null ? await tx.runQueue.findFirst({ where: { runId: run.id }, select: { state: true, startedAt: true } }) : null;
    return {
      workflow: { id: workflow.id, name: workflow.name, versionId: workflow.publishedVersionId },
      run: {
        id: run.id,
        status: (live?.state ?? run.status) as NonNullable<Guide>["run"]["status"],
        createdAt: run.createdAt.toISOString(),
        startedAt: (live?.startedAt ?? run.startedAt)?.toISOString() ?? null,
        finishedAt: run.finishedAt?.toISOString() ?? null,
      },
    };
  });
}

/** Puts the guide away for this person in this workspace, or takes it out again. */
export async function setGuideShown({ scope }: Context, { shown }: { shown: boolean }): Promise<{ ok: true }> {
  const { userId, workspaceId } = scope;
  if (userId === null) return { ok: true };
  const key = hiddenKey(workspaceId);
  await scope.db.transaction(async (tx) => {
    await tx.scopedSetting.deleteMany({ where: { key, scopeType: "user", scopeId: userId } });
    if (!shown) await tx.scopedSetting.create({ data: { id: newId(), key, scopeType: "user", scopeId: userId, workspaceId, value: true, updatedById: userId } });
  });
  return { ok: true };
}
