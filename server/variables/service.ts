import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import type { setVariableInput, VariableView } from "./contract";
import { findVariables, findVariablesText } from "./queries";

interface Context {
  scope: Scope;
}

export async function listVariables({ scope }: Context): Promise<VariableView[]> {
  const { variables, editors } = await scope.db.transaction(findVariables);
  const nameOf = new Map(editors.map(({ id, name, email }) => [id, name ?? email]));
  return variables.map((variable) => ({
    id: variable.id,
    name: variable.name,
    value: variable.value,
    description: variable.description,
    updatedAt: variable.updatedAt.toISOString(),
    updatedBy: nameOf.get(variable.updatedById ?? "") ?? null,
  }));
}

/** Creates the variable or changes it. Runs that have begun keep what they saw at their start. */
export async function setVariable({ scope }: Context, input: z.output<typeof setVariableInput>): Promise<{ name: string }> {
  const { name, description } = input;
  // Prisma's JSON input has no null of JSON's own; the text of any value is a JSON literal.
  const value = JSON.stringify(input.value);
  await scope.db.transaction(async (tx) => {
    const before = await tx.variable.findFirst({ where: { name } });
    const id = before?.id ?? newId();
    await tx.$executeRaw`
      insert into variable (id, workspace_id, name, value, description, updated_by_id, updated_at)
      values (${id}::uuid, ${scope.workspaceId}::uuid, ${name}, ${value}::text::json, ${description ?? ""}, ${scope.userId}::uuid, now())
      on conflict (workspace_id, name) do update set value = excluded.value, updated_by_id = excluded.updated_by_id,
        updated_at = now(), description = coalesce(${description ?? null}, variable.description)`;
    await recordAudit(tx, scope, {
      action: before ? "variable.changed" : "variable.created",
      resource: { type: "variable", id, name },
      before: before ? { value: before.value } : undefined,
      after: { value: input.value },
    });
  });
  return { name };
}

export async function deleteVariable({ scope }: Context, { name }: { name: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const existing = await tx.variable.findFirst({ where: { name } });
    if (!existing) throw new DomainError("not_found", { what: "variable", id: name });
    await tx.variable.delete({ where: { id: existing.id } });
    await recordAudit(tx, scope, { action: "variable.deleted", resource: { type: "variable", id: existing.id, name }, before: { value: existing.value } });
  });
}

/** For runs: all variables of the workspace as they are now. */
export async function readVariables(workspaceId: string): Promise<Record<string, unknown>> {
  return JSON.parse(await findVariablesText(workspaceId)) as Record<string, unknown>;
}
