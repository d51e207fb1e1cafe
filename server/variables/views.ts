import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { findEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { chainOf, findFolderPlaces, findUses, folderOfWorkflow, overridingOf, seenFromAny } from "@/server/named-values/service";
import type { Uses } from "@/server/named-values/contract";
import type { seenVariablesSchema, VariableView } from "./contract";
import { findLastRuns, findVariables, IN_USE } from "./queries";

interface Context {
  scope: Scope;
}

export async function listVariables({ scope }: Context): Promise<VariableView[]> {
  const { variables, editors, folders, uses } = await scope.db.transaction(async (tx) => {
    const [rows, places] = [await findVariables(tx), await findFolderPlaces(tx)];
    return { ...rows, folders: places, uses: await findUses(tx, "variable", rows.variables, places) };
  });
  const nameOf = new Map(editors.map(({ id, name, email }) => [id, name ?? email]));
  return variables.map((variable) => ({
    id: variable.id,
    name: variable.name,
    folderId: variable.folderId,
    environmentId: variable.environmentId,
    ...overridingOf(variable, variables, folders),
    value: variable.value,
    description: variable.description,
    updatedAt: variable.updatedAt.toISOString(),
    updatedBy: nameOf.get(variable.updatedById ?? "") ?? null,
    usedBy: (uses.get(variable.id) ?? []).map(({ id, name }) => ({ id, name })),
  }));
}

/** What names it, and the last runs of those workflows: each took a copy of all variables at its start. */
export async function viewVariableUses({ scope }: Context, { variableId }: { variableId: string }): Promise<Uses> {
  return scope.db.transaction(async (tx) => {
    const all = await tx.variable.findMany({ where: IN_USE, select: { id: true, name: true, folderId: true, environmentId: true } });
    const variable = all.find(({ id }) => id === variableId);
    if (variable === undefined) throw new DomainError("not_found", { what: "variable", id: variableId });
    const uses = (await findUses(tx, "variable", all.filter(({ name }) => name === variable.name), await findFolderPlaces(tx))).get(variableId) ?? [];
    const runs = await findLastRuns(tx, uses.map(({ id }) => id));
    const last = runs.slice(0, 1).map(({ at, runId, workflowId }) => ({ at: at.toISOString(), runId, workflow: { id: workflowId, name: uses.find(({ id }) => id === workflowId)?.name ?? "" } }));
    return { uses, last };
  });
}

/** Names and values that a workflow can use, each from the nearest place. */
export async function variablesOfWorkflow({ scope }: Context, { workflowId }: { workflowId: string }): Promise<z.output<typeof seenVariablesSchema>> {
  return scope.db.transaction(async (tx) => {
    const workflow = await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { id: true } });
    if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
    const all = await tx.variable.findMany({ where: IN_USE, select: { name: true, value: true, folderId: true, environmentId: true }, orderBy: { name: "asc" } });
    const seen = seenFromAny(all, chainOf(await findFolderPlaces(tx), await folderOfWorkflow(tx, workflowId)), await findEnvironments(tx));
    return [...seen.values()].map(({ name, value, folderId }) => ({ name, value, folderId })).sort((one, two) => one.name.localeCompare(two.name));
  });
}
