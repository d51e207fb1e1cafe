import type { z } from "zod";
import type { TrustedIssuer } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { isRole, permissionsOf } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import type { createIssuerInput, IssuerView, setIssuerInput } from "./contract";
import type { Context } from "./service-accounts";

type Mapping = z.output<typeof createIssuerInput>["roles"];
const mappingOf = ({ roles }: TrustedIssuer) => roles as Mapping;
const summaryOf = ({ name, issuer, audience, keysUrl, claim, roles, enabled }: TrustedIssuer) => ({ name, issuer, audience, keysUrl, claim, roles, enabled });

export function listIssuers({ scope }: Context): Promise<IssuerView[]> {
  return scope.db.transaction(async (tx) => viewsOf(tx, await tx.trustedIssuer.findMany({ orderBy: { name: "asc" } })));
}

export async function createIssuer({ scope }: Context, input: z.output<typeof createIssuerInput>): Promise<IssuerView> {
  return scope.db.transaction(async (tx) => {
    await refuseMightier(tx, scope, input.roles);
    const row = await tx.trustedIssuer.create({ data: { ...input, id: newId(), workspaceId: scope.workspaceId, createdById: scope.userId } });
    const { id, name, issuer, audience, claim, roles } = row;
    await recordAudit(tx, scope, { action: "issuer.created", resource: { type: "issuer", id, name }, after: { issuer, audience, claim, roles } });
    return viewOf(tx, row);
  }).catch(nameTaken(input.name));
}

export async function setIssuer({ scope }: Context, { issuerId: id, ...changes }: z.output<typeof setIssuerInput>): Promise<IssuerView> {
  return scope.db.transaction(async (tx) => {
    await tx.$queryRaw`select 1 from trusted_issuer where id = ${id}::uuid for update`;
    const before = await tx.trustedIssuer.findFirst({ where: { id } });
    if (before === null) throw new DomainError("not_found", { what: "issuer", id });
    // Whoever says who is trusted gives away all that the claims are mapped to; switching off gives nothing.
    const isOnlyOff = changes.enabled === false && Object.values(changes).filter((change) => change !== undefined).length === 1;
    if (!isOnlyOff) await refuseMightier(tx, scope, changes.roles ?? mappingOf(before), changes.roles === undefined ? "issuerId" : undefined);
    const after = await tx.trustedIssuer.update({ where: { id }, data: changes });
    await recordAudit(tx, scope, { action: "issuer.changed", resource: { type: "issuer", id, name: after.name }, before: summaryOf(before), after: summaryOf(after) });
    return viewOf(tx, after);
  }).catch(nameTaken(changes.name ?? ""));
}

async function refuseMightier(tx: Tx, scope: Scope, mapping: Mapping, field?: string): Promise<void> {
  const customs = await customsOf(tx, mapping);
  for (const [index, { role }] of mapping.entries()) {
    const custom = customs.get(role);
    // One that is gone gives nothing; a new mapping names none of those.
    if (!isRole(role) && custom === undefined && field === undefined) throw new DomainError("not_found", { what: "role", id: role });
    const mightier = [...permissionsOf([role]), ...(custom?.permissions ?? [])].find((permission) => !(scope.permissions as ReadonlySet<string>).has(permission));
    if (mightier !== undefined) throw new DomainError("invalid_input", { field: field ?? `roles[${index}].role`, reason: `allows more than you may: ${mightier}` });
  }
}

async function customsOf(tx: Tx, mapping: Mapping): Promise<ReadonlyMap<string, { name: string; permissions: string[] }>> {
  const ids = mapping.flatMap(({ role }) => (isRole(role) ? [] : [role]));
  const rows = ids.length === 0 ? [] : await tx.customRole.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, permissions: true } });
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

function nameTaken(name: string) {
  return (error: unknown): never => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "issuer", name, field: "name" }, { cause: error }) : error;
  };
}

export async function removeIssuer({ scope }: Context, { issuerId: id }: { issuerId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const row = await tx.trustedIssuer.findFirst({ where: { id } });
    if (row === null) throw new DomainError("not_found", { what: "issuer", id });
    await tx.trustedIssuer.delete({ where: { id } });
    await recordAudit(tx, scope, { action: "issuer.deleted", resource: { type: "issuer", id, name: row.name } });
  });
}

const viewOf = async (tx: Tx, row: TrustedIssuer) => (await viewsOf(tx, [row]))[0]!;

async function viewsOf(tx: Tx, rows: readonly TrustedIssuer[]): Promise<IssuerView[]> {
  const customs = await customsOf(tx, rows.flatMap(mappingOf));
  return rows.map(({ id, name, issuer, audience, keysUrl, claim, roles, enabled, createdAt, lastUsedAt }) => ({
    id, name, issuer, audience, keysUrl, claim, enabled,
    roles: (roles as Mapping).map(({ value, role }) => ({ value, role, roleName: isRole(role) ? role : (customs.get(role)?.name ?? null) })),
    createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}
