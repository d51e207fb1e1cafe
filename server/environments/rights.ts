import type { Environment } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";

/** Of those who may publish. A run's own token acts for nobody in person: no role that its starter holds is its own. */
export function mayPromote(scope: Scope, { promoterRoles, promoterIds }: Pick<Environment, "promoterRoles" | "promoterIds">): boolean {
  const { userId, actor, acting } = scope;
  if (actor.type === "system" || (promoterRoles.length === 0 && promoterIds.length === 0)) return true;
  const isProgram = actor.type === "token" && userId === null;
  return (userId !== null && promoterIds.includes(userId)) || (!isProgram && promoterRoles.some((role) => acting.rights.roles?.includes(role as never) === true));
}

/** The same for whoever may publish the workflow, wherever their right to it comes from. */
export async function mayPromoteIt(scope: Scope, environment: Parameters<typeof mayPromote>[1], workflowId: string): Promise<boolean> {
  const reach = scope.reach("workflow:publish");
  return reach !== null && mayPromote(scope, environment) && (await reach.db.transaction((tx) => tx.workflow.count({ where: { id: workflowId } }))) > 0;
}

export function requirePromoter(scope: Scope, environment: Pick<Environment, "name" | "promoterRoles" | "promoterIds">): void {
  if (!mayPromote(scope, environment)) throw new DomainError("forbidden", { permission: `workflow:publish into ${environment.name}` });
}
