import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { requireEnvironment, requireFreePlace, requirePlace, tellNamesChanged } from "@/server/named-values/service";
import type { setVariableInput, variableRefInput } from "./contract";
import { findVariablesText } from "./queries";

export { listVariables, variablesOfWorkflow, viewVariableUses } from "./views";

interface Context {
  scope: Scope;
}

/** Creates the variable or changes it. Runs that have begun keep what they saw at their start. */
export async function setVariable({ scope }: Context, input: z.input<typeof setVariableInput>): Promise<{ name: string }> {
  const { name, description, folderId = null, environmentId = null } = input;
  // Prisma's JSON input has no null of JSON's own; the text of any value is a JSON literal.
  const value = JSON.stringify(input.value);
  await scope.db.transaction(async (tx) => {
    await requirePlace(tx, scope, folderId);
    await requireFreePlace(tx, scope, folderId);
    await requireEnvironment(tx, scope, environmentId);
    const before = await tx.variable.findFirst({ where: { name, folderId, environmentId } });
    const id = before?.id ?? newId();
    await tx.$executeRaw`
      insert into variable (id, workspace_id, folder_id, environment_id, name, value, description, updated_by_id, updated_at)
      values (${id}::uuid, ${scope.workspaceId}::uuid, ${folderId}::uuid, ${environmentId}::uuid, ${name}, ${value}::text::json, ${description ?? ""}, ${scope.userId}::uuid, now())
      on conflict (workspace_id, name, folder_id, environment_id) do update set value = excluded.value, updated_by_id = excluded.updated_by_id,
        updated_at = now(), description = coalesce(${description ?? null}, variable.description)`;
    if (before === null) await tellNamesChanged(tx);
    await recordAudit(tx, scope, {
      action: before ? "variable.changed" : "variable.created",
      resource: { type: "variable", id, name },
      before: before ? { value: before.value } : undefined,
      after: { value: input.value, ...(folderId === null ? {} : { folderId }), ...(environmentId === null ? {} : { environmentId }) },
    });
  });
  return { name };
}

export async function deleteVariable({ scope }: Context, { name, folderId = null, environmentId = null }: z.input<typeof variableRefInput>): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const existing = await tx.variable.findFirst({ where: { name, folderId, environmentId } });
    if (!existing) throw new DomainError("not_found", { what: "variable", id: name });
    await requireFreePlace(tx, scope, folderId);
    await tx.variable.delete({ where: { id: existing.id } });
    await tellNamesChanged(tx);
    await recordAudit(tx, scope, { action: "variable.deleted", resource: { type: "variable", id: existing.id, name }, before: { value: existing.value } });
  });
}

/** For a run: all variables that its workflow sees, as they are now. */
export async function readVariables(workspaceId: string, runId: string): Promise<Record<string, unknown>> {
  return JSON.parse(await findVariablesText(workspaceId, runId)) as Record<string, unknown>;
}
