import type { Prisma } from "@/prisma/generated/client";
import { boundOf } from "@/server/auth/acting/run-identity";
import { rightsOfAuthor } from "@/server/auth/acting/start-identity";
import type { Scope } from "@/server/auth/scope";
import { queryAsTenant } from "@/server/db/tenant-query";
import { calledBy } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import type { TriggerKind } from "@/server/triggers/kinds";
import type { TriggerParts } from "@/server/triggers/settings-of";

/** A trigger starts the workflow, and those that it names, for whoever set it: they must be allowed to, and what it starts may do no more than they might. */
export async function setterOf(scope: Scope, workflowId: string, kind: TriggerKind, parts: TriggerParts): Promise<{ setterRights: Prisma.InputJsonObject }> {
  if (!scope.wholeRights.permissions.has("run:start")) await requireStartable(scope, workflowId, namedBy(kind, parts));
  return { setterRights: boundOf(rightsOfAuthor(scope)) as Prisma.InputJsonObject };
}

async function requireStartable(scope: Scope, workflowId: string, named: readonly [field: string, workflow: string][]): Promise<void> {
  const reached = scope.reach("run:start");
  const mayStart = async (id: string) => reached !== null && (await reached.db.workflow.count({ where: { id } })) > 0;
  if (!(await mayStart(workflowId))) throw new DomainError("forbidden", { permission: "run:start" });
  for (const [field, workflow] of named) {
    const { rows } = await queryAsTenant<{ id: string }>(scope.workspaceId, { text: `SELECT id FROM ${calledBy("$2")} w`, values: [scope.workspaceId, workflow] });
    // The same words where there is none: what is out of reach is not told of.
    if (rows[0] === undefined || !(await mayStart(rows[0].id))) throw new DomainError("invalid_input", { field, reason: "names no workflow that you may start (run:start)" });
  }
}

function namedBy(kind: TriggerKind, { config, settings: { handlers } }: TriggerParts): [field: string, workflow: string][] {
  const auth = config.auth as { type?: unknown; workflow?: unknown } | undefined;
  return Object.entries({
    "config.auth.workflow": auth?.type === "workflow" ? auth.workflow : undefined,
    "config.workflow": kind === "poll" ? config.workflow : undefined,
    "settings.handlers.onFailure": handlers?.onFailure,
    "settings.handlers.onRecovery": handlers?.onRecovery,
    "settings.handlers.onSuccess": handlers?.onSuccess,
  }).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
}
