import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";

export interface Deployed {
  versionId: string;
  number: number;
}

/** What a workflow has in an environment; null: nothing. */
export async function deployedIn(tx: Tx, workflowId: string, environmentId: string): Promise<Deployed | null> {
  const row = await tx.deployment.findFirst({ where: { workflowId, environmentId, replacedAt: null }, select: { versionId: true, version: { select: { number: true } } } });
  return row === null ? null : { versionId: row.versionId, number: row.version.number ?? 0 };
}

/** Whether a version has ever come to an environment by the way that leads there. */
export async function wasDeployedIn(tx: Tx, { workflowId, environmentId, versionId }: { workflowId: string; environmentId: string; versionId: string }): Promise<boolean> {
  return (await tx.deployment.count({ where: { workflowId, environmentId, versionId } })) > 0;
}

interface NewDeployment {
  workflowId: string;
  environmentId: string;
  versionId: string;
  kind: "published" | "promoted" | "rolled_back";
  fromEnvironmentId?: string;
  note: string;
}

/** Takes the place of what was there. The caller holds the lock of the workflow. */
export async function recordDeployment(tx: Tx, scope: Scope, deployment: NewDeployment): Promise<void> {
  const { workflowId, environmentId } = deployment;
  await tx.deployment.updateMany({ where: { workflowId, environmentId, replacedAt: null }, data: { replacedAt: new Date() } });
  await tx.deployment.create({ data: { ...deployment, id: newId(), workspaceId: scope.workspaceId, deployedById: scope.userId } });
}
