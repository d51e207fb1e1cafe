import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { isOrganizationRole, isRole } from "@/server/auth/permissions";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { type createRoleInput, MAX_CUSTOM_ROLES, type RoleView, type updateRoleInput } from "./contract";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
  /** Of a person: refuses a sign-in that is not of just now. */
  requireProof?: () => Promise<void>;
}
const done = { ok: true as const };
const resourceOf = (id: string, name: string) => ({ type: "role", id, name });

export async function listRoles({ organization }: Context): Promise<RoleView[]> {
  return organization.db.transaction(async (tx) => {
    const roles = await tx.customRole.findMany({ include: { _count: { select: { memberships: true, grants: true } } }, orderBy: { name: "asc" } });
    const programs = await findPrograms(tx);
    return roles.map(({ id, name, description, permissions, _count }) => {
      const { accounts, issuers } = programs.get(id) ?? NONE;
      return { id, name, description, permissions, uses: _count.memberships + _count.grants + accounts + issuers };
    });
  });
}

interface Programs {
  accounts: number;
  issuers: number;
}
const NONE: Programs = { accounts: 0, issuers: 0 };

async function findPrograms(tx: Tx): Promise<ReadonlyMap<string, Programs>> {
  const rows = await tx.$queryRaw<(Programs & { id: string })[]>`select role_id as id, accounts, issuers from programs_with_roles()`;
  return new Map(rows.map(({ id, ...programs }) => [id, programs]));
}

/** Lists of roles tell them by their names alone. */
function refuseBuiltIn(name: string): void {
  const small = name.toLowerCase();
  if (isRole(small) || isOrganizationRole(small)) throw new DomainError("name_taken", { what: "role", name, field: "name" });
}

async function findRole(tx: Tx, id: string) {
  const role = await tx.customRole.findFirst({ where: { id } });
  if (role === null) throw new DomainError("not_found", { what: "role", id });
  return role;
}

export async function createRole({ organization }: Context, { name, description, permissions }: z.output<typeof createRoleInput>) {
  const id = newId();
  refuseBuiltIn(name);
  await named(organization, name, () =>
    organization.db.transaction(async (tx) => {
      if ((await tx.customRole.count()) >= MAX_CUSTOM_ROLES) throw new DomainError("limit_reached", { what: "custom roles", limit: MAX_CUSTOM_ROLES });
      await tx.customRole.create({ data: { id, organizationId: organization.organizationId, name, description, permissions: [...new Set(permissions)] } });
      await recordAudit(tx, organization, { action: "role.created", resource: resourceOf(id, name), after: { permissions } });
    }),
  );
  return { id };
}

/** Whoever has it may do what it says now, at once. */
export async function updateRole({ organization, requireProof }: Context, { roleId, name, description, permissions }: z.output<typeof updateRoleInput>) {
  await named(organization, name, () =>
    organization.db.transaction(async (tx) => {
      const before = await findRole(tx, roleId);
      if (before.name !== name) refuseBuiltIn(name);
      // Whoever has it could let others in from now on.
      if (permissions.includes("member:write") && !before.permissions.includes("member:write")) await requireProof?.();
      await tx.customRole.update({ where: { id: roleId }, data: { name, description, permissions: [...new Set(permissions)] } });
      await recordAudit(tx, organization, { action: "role.changed", resource: resourceOf(roleId, name), before: { name: before.name, permissions: before.permissions }, after: { name, permissions } });
    }),
  );
  return done;
}

export async function removeRole({ organization }: Context, { roleId }: { roleId: string }) {
  await organization.db.transaction(async (tx) => {
    const { name } = await findRole(tx, roleId);
    const [members, grants] = [await tx.membership.count({ where: { customRoleId: roleId } }), await tx.accessGrant.count({ where: { customRoleId: roleId } })];
    const { accounts, issuers } = (await findPrograms(tx)).get(roleId) ?? NONE;
    const usedBy = [...counted(members + grants, "person or group", "people and groups"), ...counted(accounts, "service account", "service accounts"), ...counted(issuers, "trusted issuer", "trusted issuers")];
    if (usedBy.length > 0) throw new DomainError("in_use", { what: "role", id: roleId, usedBy });
    await tx.customRole.delete({ where: { id: roleId } });
    await recordAudit(tx, organization, { action: "role.removed", resource: resourceOf(roleId, name) });
  });
  return done;
}

const counted = (count: number, one: string, many: string) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]);

function named<Result>({ organization }: OrganizationScope, name: string, work: () => Promise<Result>): Promise<Result> {
  return inWords({ kind: "role", name, organization: organization.name }, work);
}
