import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { DEFAULT_POLICY, type Removals, type RetentionView, type setRetentionInput, type SizeReport } from "./contract";
import { clientOf } from "@/server/queue/dispatch";
import { effective, findPolicies, readOverrides, RETENTION_SETTING } from "./policies";
import { NO_WORKFLOW } from "./record";
import { measureSizes } from "./sizes";

interface Context {
  scope: Scope;
}

export function viewRetention({ scope }: Context): Promise<RetentionView> {
  return scope.db.transaction(async (tx) => {
    const settings = await tx.scopedSetting.findMany({ where: { key: RETENTION_SETTING, workspaceId: scope.workspaceId } });
    const own = new Map(settings.map(({ scopeId, value }) => [scopeId, readOverrides(value)]));
    const policies = new Map((await findPolicies(clientOf(tx), scope.workspaceId)).map(({ workflowId, policy }) => [workflowId, policy]));
    const workflows = await tx.workflow.findMany({ where: { deletedAt: null }, orderBy: [{ name: "asc" }, { id: "asc" }], select: { id: true, name: true } });
    const state = await tx.retentionState.findFirst({ where: { workspaceId: scope.workspaceId } });
    return {
      defaults: DEFAULT_POLICY,
      workspace: own.get(scope.workspaceId) ?? {},
      workflows: workflows.map(({ id, name }) => ({ workflowId: id, name, days: own.get(id) ?? {}, effective: policies.get(id) ?? effective() })),
      lastAt: state?.lastAt?.toISOString() ?? null,
      nextAt: state?.nextAt.toISOString() ?? null,
      error: state?.error ?? null,
    };
  });
}

/** What the days leave out comes from the level above. The next round begins soon. */
export async function setRetention({ scope }: Context, { workflowId, days }: z.output<typeof setRetentionInput>): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const { workspaceId } = scope;
    if (workflowId !== undefined && (await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { id: true } })) === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
    const place = { key: RETENTION_SETTING, scopeType: workflowId === undefined ? "workspace" : "workflow", scopeId: workflowId ?? workspaceId };
    const before = await tx.scopedSetting.findFirst({ where: place });
    await tx.scopedSetting.deleteMany({ where: place });
    if (Object.keys(days).length > 0) await tx.scopedSetting.create({ data: { id: newId(), ...place, workspaceId, value: days as Prisma.InputJsonObject, updatedById: scope.userId } });
    // The next round begins soon.
    await tx.retentionState.updateMany({ where: { workspaceId }, data: { nextAt: new Date() } });
    const resource = workflowId === undefined ? { type: "workspace", id: workspaceId } : { type: "workflow", id: workflowId };
    await recordAudit(tx, scope, { action: "retention.changed", resource, before: readOverrides(before?.value), after: days });
  });
}

export function viewSizes({ scope }: Context): Promise<SizeReport> {
  return scope.db.transaction(async (tx) => ({ workflows: await measureSizes(tx) }));
}

const SHOWN_REMOVALS = 200;

export function viewRemovals({ scope }: Context): Promise<Removals> {
  return scope.db.transaction(async (tx) => {
    const rows = await tx.retentionRemoval.findMany({ orderBy: [{ day: "desc" }, { runs: "desc" }], take: SHOWN_REMOVALS });
    const workflows = await tx.workflow.findMany({ where: { id: { in: rows.map(({ workflowId }) => workflowId) } }, select: { id: true, name: true } });
    const names = new Map(workflows.map(({ id, name }) => [id, name]));
    return rows.map(({ day, workflowId, runs, logs, events, blobs, blobBytes }) => ({
      day: day.toISOString().slice(0, "2026-01-01".length),
      workflow: workflowId === NO_WORKFLOW ? null : { id: workflowId, name: names.get(workflowId) ?? "" },
      runs: Number(runs), logs: Number(logs), events: Number(events), blobs: Number(blobs), blobBytes: Number(blobBytes),
    }));
  });
}
