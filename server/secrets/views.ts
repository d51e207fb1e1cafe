import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { findEnvironments } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { chainOf, findFolderPlaces, findUses, folderOfWorkflow, overridingOf, seenFromAny } from "@/server/named-values/service";
import type { Uses } from "@/server/named-values/contract";
import type { SecretView, seenSecretsSchema } from "./contract";
import { findSecretRows, IN_USE } from "./queries";

interface Context {
  scope: Scope;
}

export async function listSecrets({ scope }: Context): Promise<SecretView[]> {
  const { secrets, editors, folders, uses } = await scope.db.transaction(async (tx) => {
    const [rows, places] = [await findSecretRows(tx), await findFolderPlaces(tx)];
    return { ...rows, folders: places, uses: await findUses(tx, "secret", rows.secrets, places) };
  });
  const nameOf = new Map(editors.map(({ id, name, email }) => [id, name ?? email]));
  return secrets.map((secret) => ({
    id: secret.id,
    name: secret.name,
    folderId: secret.folderId,
    environmentId: secret.environmentId,
    ...overridingOf(secret, secrets, folders),
    description: secret.description,
    revision: secret.revision,
    store: secret.store === null || secret.storeRef === null ? null : { id: secret.store.id, name: secret.store.name, ref: secret.storeRef },
    updatedAt: secret.updatedAt.toISOString(),
    updatedBy: nameOf.get(secret.updatedById ?? "") ?? null,
    lastUsedAt: secret.lastUsedAt?.toISOString() ?? null,
    usedBy: (uses.get(secret.id) ?? []).flatMap(({ kind, id, name }) => (kind === "workflow" ? [{ id, name }] : [])),
    useCount: uses.get(secret.id)?.length ?? 0,
  }));
}

/** What names it, and the run that used it last. */
export async function viewSecretUses({ scope }: Context, { secretId }: { secretId: string }): Promise<Uses> {
  return scope.db.transaction(async (tx) => {
    const all = await tx.secret.findMany({ where: IN_USE, select: { id: true, name: true, folderId: true, environmentId: true } });
    const secret = all.find(({ id }) => id === secretId);
    if (secret === undefined) throw new DomainError("not_found", { what: "secret", id: secretId });
    const namesakes = all.filter(({ name }) => name === secret.name);
    const uses = await findUses(tx, "secret", namesakes, await findFolderPlaces(tx));
    const last = await tx.secretUse.findMany({ where: { secretId }, orderBy: { usedAt: "desc" } });
    const workflows = await tx.workflow.findMany({ where: { id: { in: last.flatMap(({ workflowId }) => workflowId ?? []) } }, select: { id: true, name: true } });
    const runs = new Set((await tx.run.findMany({ where: { id: { in: last.flatMap(({ runId }) => runId ?? []) } }, select: { id: true } })).map(({ id }) => id));
    return {
      uses: uses.get(secretId) ?? [],
      last: last.map(({ usedAt, runId, workflowId }) => ({
        at: usedAt.toISOString(),
        runId: runId !== null && runs.has(runId) ? runId : null,
        workflow: workflows.find(({ id }) => id === workflowId) ?? null,
      })),
    };
  });
}

/** Names that a workflow can use, each from the nearest place. */
export async function secretsOfWorkflow({ scope }: Context, { workflowId }: { workflowId: string }): Promise<z.output<typeof seenSecretsSchema>> {
  return scope.db.transaction(async (tx) => {
    const workflow = await tx.workflow.findFirst({ where: { id: workflowId, deletedAt: null }, select: { id: true } });
    if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: workflowId });
    const all = await tx.secret.findMany({ where: IN_USE, select: { name: true, description: true, folderId: true, environmentId: true }, orderBy: { name: "asc" } });
    const seen = seenFromAny(all, chainOf(await findFolderPlaces(tx), await folderOfWorkflow(tx, workflowId)), await findEnvironments(tx));
    return [...seen.values()].map(({ name, description, folderId }) => ({ name, description, folderId })).sort((one, two) => one.name.localeCompare(two.name));
  });
}
