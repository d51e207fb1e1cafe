import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import type { EnvironmentName } from "@/server/environments/contract";
import { viewEnvironments } from "@/server/environments/service";
import { findWorkflow, namesOfPeople } from "@/server/workflows/service";
import type { DeploymentsOfWorkflow, DeploymentView } from "./contract";

const HISTORY_MAX = 100;

export const toEnvironmentName = ({ id, name, slug, color }: { id: string; name: string; slug: string; color: string }): EnvironmentName => ({ id, name, slug, color: color as EnvironmentName["color"] });

export function deploymentsOfWorkflow({ scope }: { scope: Scope }, { workflowId }: { workflowId: string }): Promise<DeploymentsOfWorkflow> {
  return scope.db.transaction((tx) => viewDeployments(tx, scope, workflowId));
}

export async function viewDeployments(tx: Tx, scope: Scope, workflowId: string): Promise<DeploymentsOfWorkflow> {
  await findWorkflow(tx, workflowId);
  const environments = await viewEnvironments(tx, scope);
  const include = { version: { select: { number: true } } } as const;
  const current = await tx.deployment.findMany({ where: { workflowId, replacedAt: null }, include });
  const history = await tx.deployment.findMany({ where: { workflowId, environmentId: { in: environments.map(({ id }) => id) } }, include, orderBy: [{ deployedAt: "desc" }, { id: "desc" }], take: HISTORY_MAX });
  const sources = await tx.environment.findMany({ where: { id: { in: [...current, ...history].flatMap(({ fromEnvironmentId }) => fromEnvironmentId ?? []) } } });
  const names = await namesOfPeople(tx, [...current, ...history].map(({ deployedById }) => deployedById));
  const toView = (row: (typeof history)[number]): DeploymentView => {
    const from = sources.find(({ id }) => id === row.fromEnvironmentId);
    return {
      id: row.id, environmentId: row.environmentId, kind: row.kind as DeploymentView["kind"], version: { id: row.versionId, number: row.version.number ?? 0 },
      from: from === undefined ? null : toEnvironmentName(from), note: row.note,
      by: row.deployedById === null ? null : { id: row.deployedById, name: names.get(row.deployedById) ?? "somebody" },
      at: row.deployedAt.toISOString(), replacedAt: row.replacedAt?.toISOString() ?? null,
    };
  };
  const currentOf = (environmentId: string) => current.find((row) => row.environmentId === environmentId);
  return {
    environments: environments.map((one) => {
      const row = currentOf(one.id);
      return { ...one, current: row === undefined ? null : toView(row) };
    }),
    history: history.map(toView),
  };
}
