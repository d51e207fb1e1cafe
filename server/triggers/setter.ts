import type { Prisma } from "@/prisma/generated/client";
import { boundOf } from "@/server/auth/acting/run-identity";
import { rightsOfAuthor } from "@/server/auth/acting/start-identity";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";

/** A trigger starts the workflow for whoever set it: they must be allowed to, and what it starts may do no more than they might. */
export async function setterOf(scope: Scope, workflowId: string): Promise<{ setterRights: Prisma.InputJsonObject }> {
  const startable = scope.can("run:start") ? true : await scope.reach("run:start")?.db.workflow.findFirst({ where: { id: workflowId }, select: { id: true } });
  if (startable == null) throw new DomainError("forbidden", { permission: "run:start" });
  return { setterRights: boundOf(rightsOfAuthor(scope)) as Prisma.InputJsonObject };
}
