import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { removeEnvironmentInput } from "./contract";
import { findEnvironment, findEnvironments, lockEnvironments } from "./queries";

/** What keeps an environment is named. The live one goes last: without it the workspace is as it was before it had any. */
export async function removeEnvironment({ scope }: { scope: Scope }, { environmentId, withdraw }: z.output<typeof removeEnvironmentInput>): Promise<{ ok: true }> {
  await scope.db.transaction(async (tx) => {
    await lockEnvironments(tx, scope.workspaceId);
    const environment = await findEnvironment(tx, environmentId);
    const all = await findEnvironments(tx);
    const isLive = all.at(-1)?.id === environmentId;
    if (isLive && all.length > 1) throw new DomainError("invalid_input", { field: "environmentId", reason: "is the live environment: remove the others first" });
    const usedBy = await holders(tx, environmentId, { counts: !withdraw && !isLive });
    if (usedBy.length > 0) throw new DomainError("in_use", { what: "environment", id: environmentId, usedBy });
    const now = new Date();
    const { count } = await tx.deployment.updateMany({ where: { environmentId, replacedAt: null }, data: { replacedAt: now } });
    await tx.environment.update({ where: { id: environmentId }, data: { deletedAt: now } });
    const protection = await tx.protectionRule.deleteMany({ where: { environmentId } });
    const alerts = await tx.notificationRule.deleteMany({ where: { environmentId } });
    const reviews = await tx.reviewRequest.updateMany({ where: { environmentId, status: { in: ["open", "approved", "changes_requested"] } }, data: { status: "withdrawn" } });
    if (isLive) await tx.workspace.update({ where: { id: scope.workspaceId }, data: { liveEnvironmentId: null } });
    await recordAudit(tx, scope, { action: "environment.removed", resource: { type: "environment", id: environmentId, name: environment.name }, after: { withdrawn: count, protectionRules: protection.count, alertRules: alerts.count, reviews: reviews.count } });
  });
  return { ok: true };
}

const NAMED = 5;

async function holders(tx: Tx, environmentId: string, { counts }: { counts: boolean }): Promise<string[]> {
  const deployed = counts ? await tx.deployment.findMany({ where: { environmentId, replacedAt: null, workflow: { deletedAt: null } }, select: { workflow: { select: { name: true } } }, orderBy: { workflow: { name: "asc" } } }) : [];
  const triggers = await tx.trigger.findMany({ where: { environmentId, retiredAt: null, workflow: { deletedAt: null } }, select: { name: true }, orderBy: { name: "asc" } });
  const secrets = await tx.secret.findMany({ where: { environmentId }, select: { name: true }, orderBy: { name: "asc" } });
  const variables = await tx.variable.findMany({ where: { environmentId }, select: { name: true }, orderBy: { name: "asc" } });
  const [running] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from run r join run_queue q on q.run_id = r.id where r.workspace_id = current_workspace_id() and r.environment_id = ${environmentId}::uuid`;
  const runs = running?.count ?? 0;
  return [
    ...some("workflow", deployed.map(({ workflow }) => workflow.name)),
    ...some("trigger", triggers.map(({ name }) => name)),
    ...some("secret", secrets.map(({ name }) => name)),
    ...some("variable", variables.map(({ name }) => name)),
    ...(runs === 0 ? [] : [`${runs} ${runs === 1 ? "run that has" : "runs that have"} not ended`]),
  ];
}

function some(what: string, names: readonly string[]): string[] {
  const shown = names.slice(0, NAMED).map((name) => `${what} ${name}`);
  return names.length > NAMED ? [...shown, `${names.length - NAMED} more of ${what}s`] : shown;
}
