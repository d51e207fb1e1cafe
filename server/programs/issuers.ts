import type { z } from "zod";
import type { TrustedIssuer } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { permissionsOf } from "@/server/auth/permissions";
import { newId } from "@/server/db/id";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import type { createIssuerInput, IssuerView, setIssuerInput } from "./contract";
import type { Context } from "./service-accounts";

export async function listIssuers({ scope }: Context): Promise<IssuerView[]> {
  return (await scope.db.trustedIssuer.findMany({ orderBy: { name: "asc" } })).map(toView);
}

export async function createIssuer({ scope }: Context, input: z.output<typeof createIssuerInput>): Promise<IssuerView> {
  for (const [index, { role }] of input.roles.entries()) {
    const mightier = [...permissionsOf([role])].find((permission) => !scope.can(permission));
    if (mightier !== undefined) throw new DomainError("invalid_input", { field: `roles[${index}].role`, reason: `allows more than you may: ${mightier}` });
  }
  return scope.db.transaction(async (tx) => {
    const row = await tx.trustedIssuer.create({ data: { ...input, id: newId(), workspaceId: scope.workspaceId, createdById: scope.userId } });
    const { id, name, issuer, audience, claim, roles } = row;
    await recordAudit(tx, scope, { action: "issuer.created", resource: { type: "issuer", id, name }, after: { issuer, audience, claim, roles } });
    return toView(row);
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "issuer", name: input.name, field: "name" }, { cause: error }) : error;
  });
}

export async function setIssuer({ scope }: Context, { issuerId: id, enabled }: z.output<typeof setIssuerInput>): Promise<IssuerView> {
  return scope.db.transaction(async (tx) => {
    const before = await tx.trustedIssuer.findFirst({ where: { id } });
    if (before === null) throw new DomainError("not_found", { what: "issuer", id });
    await tx.trustedIssuer.update({ where: { id }, data: { enabled } });
    await recordAudit(tx, scope, { action: "issuer.changed", resource: { type: "issuer", id, name: before.name }, before: { enabled: before.enabled }, after: { enabled } });
    return toView({ ...before, enabled });
  });
}

export async function removeIssuer({ scope }: Context, { issuerId: id }: { issuerId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const row = await tx.trustedIssuer.findFirst({ where: { id } });
    if (row === null) throw new DomainError("not_found", { what: "issuer", id });
    await tx.trustedIssuer.delete({ where: { id } });
    await recordAudit(tx, scope, { action: "issuer.deleted", resource: { type: "issuer", id, name: row.name } });
  });
}

function toView({ id, name, issuer, audience, keysUrl, claim, roles, enabled, createdAt, lastUsedAt }: TrustedIssuer): IssuerView {
  return { id, name, issuer, audience, keysUrl, claim, roles: roles as IssuerView["roles"], enabled, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
