import { v5 } from "uuid";
import type { z } from "zod";
import { recordAudit, recordAuditWith } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import type { putSecretInput, SecretView } from "./contract";
import { activeDataKey, openDataKey } from "./data-keys";
import { open, seal } from "./envelope";
import type { SealedPlace } from "./sealed-place";
import { findSealedSecrets, findSecretViews, type SealedSecret, touchSecrets } from "./queries";

export { activeDataKey, openDataKey, replaceDataKey, WRAPPED_DATA_KEYS } from "./data-keys";
export { open, seal, SealBroken, type Sealed } from "./envelope";
export { masterKeyFingerprint, masterKeyIds, masterKeyOf, MasterKeyMismatch, openMasterKeys, presentMasterKey } from "./master-key/keyring";
export { openForPerson, sealForPerson } from "./personal";
export type { MasterSealedPlace, SealedPlace } from "./sealed-place";
export { createRedactor, type Redactor } from "./redactor";

interface Context {
  scope: Scope;
}

export async function listSecrets({ scope }: Context): Promise<SecretView[]> {
  const { secrets, uses, editors } = await scope.db.transaction(findSecretViews);
  const nameOf = new Map(editors.map(({ id, name, email }) => [id, name ?? email]));
  return secrets.map((secret) => ({
    id: secret.id,
    name: secret.name,
    description: secret.description,
    revision: secret.revision,
    updatedAt: secret.updatedAt.toISOString(),
    updatedBy: nameOf.get(secret.updatedById ?? "") ?? null,
    lastUsedAt: secret.lastUsedAt?.toISOString() ?? null,
    usedBy: uses.filter(({ targetRef }) => targetRef === secret.name).map(({ workflow }) => workflow),
  }));
}

/** Creates the secret or gives it a new value. */
export async function putSecret({ scope }: Context, input: z.output<typeof putSecretInput>): Promise<{ name: string; revision: number }> {
  const put = scope.db.transaction(async (tx) => {
    const existing = await tx.secret.findFirst({ where: { name: input.name }, select: { id: true, revision: true } });
    const revision = existing ? await changeSecret(tx, scope, existing, input) : await createSecret(tx, scope, input);
    const action = existing ? "secret.changed" : "secret.created";
    await recordAudit(tx, scope, {
      action,
      resource: { type: "secret", id: existing?.id ?? input.name, name: input.name },
      after: { revision, newValue: input.value !== undefined },
    });
    return { name: input.name, revision };
  });
  return put.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "secret", name: input.name, field: "name" }, { cause: error }) : error;
  });
}

async function createSecret(tx: Tx, scope: Scope, { name, value, description }: z.output<typeof putSecretInput>): Promise<number> {
  if (value === undefined) throw new DomainError("invalid_input", { field: "value", reason: "is needed for a new secret" });
  const id = newId();
  await tx.secret.create({
    data: { id, workspaceId: scope.workspaceId, name, description, updatedById: scope.userId, ...(await sealValue(tx, scope.workspaceId, id, value)) },
  });
  return 1;
}

async function changeSecret(
  tx: Tx,
  scope: Scope,
  { id, revision }: { id: string; revision: number },
  { value, description }: z.output<typeof putSecretInput>,
): Promise<number> {
  const changes = value === undefined ? {} : { revision: { increment: 1 }, ...(await sealValue(tx, scope.workspaceId, id, value)) };
  await tx.secret.update({ where: { id }, data: { ...changes, description, updatedById: scope.userId } });
  return value === undefined ? revision : revision + 1;
}

export async function deleteSecret({ scope }: Context, { name }: { name: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const existing = await tx.secret.findFirst({ where: { name }, select: { id: true } });
    if (!existing) throw new DomainError("not_found", { what: "secret", id: name });
    await tx.secret.delete({ where: { id: existing.id } });
    await recordAudit(tx, scope, { action: "secret.deleted", resource: { type: "secret", id: existing.id, name } });
  });
}

export interface ResolvedSecrets {
  values: ReadonlyMap<string, string>;
  missing: readonly string[];
}

/** The values that a step of a run asks for. The use of each secret is audited once per run, however often it is read. */
export async function resolveSecrets(run: { workspaceId: string; runId: string }, names: readonly string[]): Promise<ResolvedSecrets> {
  if (names.length === 0) return { values: new Map(), missing: [] };
  const found = await findSealedSecrets(run.workspaceId, names);
  const values = new Map(found.map((secret) => [secret.name, openValue(run.workspaceId, secret)]));
  await recordUse(run, found);
  return { values, missing: names.filter((name) => !values.has(name)) };
}

/** A secret that a trigger needs: to verify what comes in, or to sign on elsewhere. Its use is audited once per hour. Null: there is none. */
export async function readTriggerSecret(trigger: { id: string; workspaceId: string; name: string }, name: string): Promise<string | null> {
  const [secret] = await findSealedSecrets(trigger.workspaceId, [name]);
  if (secret === undefined) return null;
  await touchSecrets(trigger.workspaceId, [secret.id]);
  const hour = new Date().toISOString().slice(0, 13);
  const source = { organizationId: secret.organizationId, workspaceId: trigger.workspaceId, actor: { type: "system", id: trigger.id, name: `trigger ${trigger.name}` } } as const;
  await recordAuditWith(sharedPool(), source, { id: v5(`secret.used ${trigger.id} ${hour}`, secret.id), action: "secret.used", resource: { type: "secret", id: secret.id, name } });
  return openValue(trigger.workspaceId, secret);
}

async function recordUse({ workspaceId, runId }: { workspaceId: string; runId: string }, used: readonly SealedSecret[]): Promise<void> {
  if (used.length === 0) return;
  await touchSecrets(workspaceId, used.map(({ id }) => id));
  for (const { id, name, organizationId } of used) {
    const source = { organizationId, workspaceId, actor: { type: "run", id: runId, name: `run ${runId}` } } as const;
    await recordAuditWith(sharedPool(), source, {
      id: v5(`secret.used ${runId}`, id),
      action: "secret.used",
      resource: { type: "secret", id, name },
    });
  }
}

async function sealValue(tx: Tx, workspaceId: string, secretId: string, value: string) {
  const { id: dataKeyId, key } = await activeDataKey(tx, workspaceId);
  return { dataKeyId, sealed: seal(key, Buffer.from(value, "utf8"), bindingOf(workspaceId, secretId)) };
}

function openValue(workspaceId: string, secret: SealedSecret): string {
  const { key } = openDataKey({ id: secret.dataKeyId, workspaceId, wrapped: secret.wrapped, masterKeyId: secret.masterKeyId });
  return open(key, secret.sealed, bindingOf(workspaceId, secret.id)).toString("utf8");
}

export const SEALED_SECRETS: SealedPlace = { table: "secret", sealed: "sealed", dataKey: "data_key_id", binding: ({ id, workspaceId }) => bindingOf(workspaceId, id) };

function bindingOf(workspaceId: string, secretId: string): string {
  return `secret ${secretId} of workspace ${workspaceId}`;
}
