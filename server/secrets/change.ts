import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { requireEnvironment, requireFreePlace, requirePlace, tellNamesChanged } from "@/server/named-values/service";
import type { putSecretInput, secretRefInput } from "./contract";
import { sealValue } from "./secret-value";

interface Context {
  scope: Scope;
}
type Put = z.output<typeof putSecretInput>;

/** Creates the secret or gives it a new value. */
export async function putSecret({ scope }: Context, given: z.input<typeof putSecretInput>): Promise<{ name: string; revision: number }> {
  const input = { folderId: null, environmentId: null, ...given };
  const put = scope.db.transaction(async (tx) => {
    await requirePlace(tx, scope, input.folderId);
    await requireFreePlace(tx, scope, input.folderId);
    await requireEnvironment(tx, scope, input.environmentId);
    const existing = await tx.secret.findFirst({ where: { name: input.name, folderId: input.folderId, environmentId: input.environmentId }, select: { id: true, revision: true } });
    const { id, revision } = existing ? await changeSecret(tx, scope, existing, input) : await createSecret(tx, scope, input);
    if (existing === null) await tellNamesChanged(tx);
    await recordAudit(tx, scope, {
      action: existing ? "secret.changed" : "secret.created",
      resource: { type: "secret", id, name: input.name },
      after: { revision, newValue: input.value !== undefined, ...(input.store === undefined ? {} : { store: input.store.storeId, ref: input.store.ref }), ...(input.folderId === null ? {} : { folderId: input.folderId }), ...(input.environmentId === null ? {} : { environmentId: input.environmentId }) },
    });
    return { name: input.name, revision };
  });
  return put.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "secret", name: input.name, field: "name" }, { cause: error }) : error;
  });
}

async function createSecret(tx: Tx, scope: Scope, { name, folderId, environmentId, value, store, description }: Put) {
  const id = newId();
  const kept = await whereKept(tx, scope, id, { value, store });
  if (kept === null) throw new DomainError("invalid_input", { field: "value", reason: "is needed for a new secret" });
  await tx.secret.create({ data: { id, workspaceId: scope.workspaceId, folderId, environmentId, name, description, updatedById: scope.userId, ...kept } });
  return { id, revision: 1 };
}

/** Null: neither a value nor a place is given. */
async function whereKept(tx: Tx, scope: Scope, secretId: string, { value, store }: Pick<Put, "value" | "store">) {
  if (value !== undefined) return { ...(await sealValue(tx, scope.workspaceId, secretId, value)), storeId: null, storeRef: null };
  if (store === undefined) return null;
  // Whoever names a place in a store could read all that its credential opens.
  scope.require("settings:write");
  if ((await tx.secretStore.count({ where: { id: store.storeId } })) === 0) throw new DomainError("not_found", { what: "secret store", id: store.storeId });
  return { sealed: null, dataKeyId: null, storeId: store.storeId, storeRef: store.ref };
}

async function changeSecret(tx: Tx, scope: Scope, { id, revision }: { id: string; revision: number }, { value, store, description }: Put) {
  const kept = await whereKept(tx, scope, id, { value, store });
  const changes = kept === null ? {} : { revision: { increment: 1 }, ...kept };
  await tx.secret.update({ where: { id }, data: { ...changes, description, updatedById: scope.userId } });
  return { id, revision: kept === null ? revision : revision + 1 };
}

export async function deleteSecret({ scope }: Context, { name, folderId = null, environmentId = null }: z.input<typeof secretRefInput>): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const existing = await tx.secret.findFirst({ where: { name, folderId, environmentId }, select: { id: true } });
    if (!existing) throw new DomainError("not_found", { what: "secret", id: name });
    await requireFreePlace(tx, scope, folderId);
    await tx.secret.delete({ where: { id: existing.id } });
    await tellNamesChanged(tx);
    await recordAudit(tx, scope, { action: "secret.deleted", resource: { type: "secret", id: existing.id, name } });
  });
}
