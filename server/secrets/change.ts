import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { requirePlace } from "@/server/named-values/service";
import type { putSecretInput, secretRefInput } from "./contract";
import { sealValue } from "./secret-value";

interface Context {
  scope: Scope;
}
type Put = z.output<typeof putSecretInput>;

/** Creates the secret or gives it a new value. */
export async function putSecret({ scope }: Context, given: z.input<typeof putSecretInput>): Promise<{ name: string; revision: number }> {
  const input = { folderId: null, ...given };
  const put = scope.db.transaction(async (tx) => {
    await requirePlace(tx, scope, input.folderId);
    const existing = await tx.secret.findFirst({ where: { name: input.name, folderId: input.folderId }, select: { id: true, revision: true } });
    const { id, revision } = existing ? await changeSecret(tx, scope, existing, input) : await createSecret(tx, scope, input);
    await recordAudit(tx, scope, {
      action: existing ? "secret.changed" : "secret.created",
      resource: { type: "secret", id, name: input.name },
      after: { revision, newValue: input.value !== undefined, ...(input.folderId === null ? {} : { folderId: input.folderId }) },
    });
    return { name: input.name, revision };
  });
  return put.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "secret", name: input.name, field: "name" }, { cause: error }) : error;
  });
}

async function createSecret(tx: Tx, scope: Scope, { name, folderId, value, description }: Put) {
  if (value === undefined) throw new DomainError("invalid_input", { field: "value", reason: "is needed for a new secret" });
  const id = newId();
  await tx.secret.create({
    data: { id, workspaceId: scope.workspaceId, folderId, name, description, updatedById: scope.userId, ...(await sealValue(tx, scope.workspaceId, id, value)) },
  });
  return { id, revision: 1 };
}

async function changeSecret(tx: Tx, scope: Scope, { id, revision }: { id: string; revision: number }, { value, description }: Put) {
  const changes = value === undefined ? {} : { revision: { increment: 1 }, ...(await sealValue(tx, scope.workspaceId, id, value)) };
  await tx.secret.update({ where: { id }, data: { ...changes, description, updatedById: scope.userId } });
  return { id, revision: value === undefined ? revision : revision + 1 };
}

export async function deleteSecret({ scope }: Context, { name, folderId = null }: z.input<typeof secretRefInput>): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const existing = await tx.secret.findFirst({ where: { name, folderId }, select: { id: true } });
    if (!existing) throw new DomainError("not_found", { what: "secret", id: name });
    await tx.secret.delete({ where: { id: existing.id } });
    await recordAudit(tx, scope, { action: "secret.deleted", resource: { type: "secret", id: existing.id, name } });
  });
}
