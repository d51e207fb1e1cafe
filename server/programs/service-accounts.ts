import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { permissionsOf } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import type { SERVICE_ROLES } from "./constants";
import type * as contract from "./contract";

export interface Context {
  scope: Scope;
  /** Of a person: refuses a sign-in that is not of just now. */
  requireProof?: () => Promise<void>;
}
type Role = z.output<typeof contract.createServiceAccountInput>["role"];

const WITH_USE = {
  customRole: { select: { name: true, permissions: true } },
  tokens: { where: { revokedAt: null }, select: { kind: true, lastUsedAt: true } },
  _count: { select: { clients: true } },
} satisfies Prisma.ServiceAccountInclude;
type Row = Prisma.ServiceAccountGetPayload<{ include: typeof WITH_USE }>;

export async function listServiceAccounts({ scope }: Context): Promise<contract.ServiceAccountView[]> {
  return scope.db.transaction(async (tx) => viewsOf(tx, await tx.serviceAccount.findMany({ include: WITH_USE, orderBy: { name: "asc" } })));
}

export async function createServiceAccount({ scope }: Context, { name, description, role }: z.output<typeof contract.createServiceAccountInput>): Promise<contract.ServiceAccountView> {
  return scope.db.transaction(async (tx) => {
    const id = newId();
    await refuseMightier(tx, scope, role);
    await tx.serviceAccount.create({ data: { id, workspaceId: scope.workspaceId, organizationId: scope.organizationId, name, description, ...columnsOf(role), createdById: scope.userId } });
    await recordAudit(tx, scope, { action: "service_account.created", resource: { type: "service_account", id, name }, after: columnsOf(role) });
    return viewOf(tx, await find(tx, id));
  }).catch(nameTaken(name));
}

export async function updateServiceAccount({ scope }: Context, { serviceAccountId: id, name, description, role, disabled, takeOver }: z.output<typeof contract.updateServiceAccountInput>): Promise<contract.ServiceAccountView> {
  return scope.db.transaction(async (tx) => {
    const before = await find(tx, id);
    // Nobody takes hold of an account that may do more than they: not by what it is, and not by what it becomes.
    await refuseMightier(tx, scope, roleOf(before));
    if (role !== undefined) await refuseMightier(tx, scope, role);
    const disabledAt = disabled === undefined ? undefined : disabled ? (before.disabledAt ?? new Date()) : null;
    await tx.serviceAccount.update({ where: { id }, data: { name, description, disabledAt, ...(takeOver === true ? { createdById: scope.userId } : {}), ...(role === undefined ? {} : columnsOf(role)) } });
    const after = await find(tx, id);
    await recordAudit(tx, scope, { action: "service_account.changed", resource: { type: "service_account", id, name: after.name }, before: summaryOf(before), after: summaryOf(after) });
    return viewOf(tx, after);
  }).catch(nameTaken(name ?? ""));
}

/** Its tokens and applications end with it. */
export async function removeServiceAccount({ scope }: Context, { serviceAccountId: id }: { serviceAccountId: string }): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const row = await find(tx, id);
    await refuseMightier(tx, scope, roleOf(row));
    const { name } = row;
    await tx.serviceAccount.delete({ where: { id } });
    await recordAudit(tx, scope, { action: "service_account.deleted", resource: { type: "service_account", id, name } });
  });
}

async function refuseMightier(tx: Tx, scope: Scope, role: Role): Promise<void> {
  const custom = role.kind === "custom" ? await tx.customRole.findFirst({ where: { id: role.customRoleId }, select: { permissions: true } }) : null;
  if (role.kind === "custom" && custom === null) throw new DomainError("not_found", { what: "role", id: role.customRoleId });
  const given: Iterable<string> = role.kind === "role" ? permissionsOf([role.role]) : custom!.permissions;
  for (const permission of given) {
    if (!(scope.permissions as ReadonlySet<string>).has(permission)) throw new DomainError("invalid_input", { field: "role", reason: `allows more than you may: ${permission}` });
  }
}

async function find(tx: Tx, id: string): Promise<Row> {
  const row = await tx.serviceAccount.findFirst({ where: { id }, include: WITH_USE });
  if (row === null) throw new DomainError("not_found", { what: "service account", id });
  return row;
}

const columnsOf = (role: Role) => (role.kind === "role" ? { role: role.role as string, customRoleId: null } : { role: "custom", customRoleId: role.customRoleId });
const roleOf = ({ role, customRoleId }: Row): Role => (customRoleId === null ? { kind: "role", role: role as (typeof SERVICE_ROLES)[number] } : { kind: "custom", customRoleId });
const summaryOf = ({ name, role, customRoleId, createdById, disabledAt }: Row) => ({ name, role, customRoleId, keeper: createdById, disabled: disabledAt !== null });

const viewOf = async (tx: Tx, row: Row) => (await viewsOf(tx, [row]))[0]!;

async function viewsOf(tx: Tx, rows: readonly Row[]): Promise<contract.ServiceAccountView[]> {
  const ids = rows.flatMap(({ createdById }) => createdById ?? []);
  const members = new Set((await tx.organizationMember.findMany({ where: { userId: { in: ids } } })).map(({ userId }) => userId));
  const people = await tx.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, email: true, disabledAt: true } });
  const keepers = new Map(people.map(({ id, name, email, disabledAt }) => [id, { name: name ?? email, hasLeft: disabledAt !== null || !members.has(id) }]));
  return rows.map((row) => toView(row, (row.createdById === null ? undefined : keepers.get(row.createdById)) ?? null));
}

function toView(row: Row, keeper: contract.ServiceAccountView["keeper"]): contract.ServiceAccountView {
  const uses = row.tokens.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    role: roleOf(row),
    roleName: row.customRole?.name ?? row.role,
    disabled: row.disabledAt !== null,
    keeper,
    createdAt: row.createdAt.toISOString(),
    tokens: row.tokens.filter(({ kind }) => kind === "token").length,
    applications: row._count.clients,
    lastUsedAt: uses.length === 0 ? null : new Date(Math.max(...uses)).toISOString(),
  };
}

function nameTaken(name: string) {
  return (error: unknown): never => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "service account", name, field: "name" }, { cause: error }) : error;
  };
}
