import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { isOrganizationRole, type OrganizationRole } from "@/server/auth/permissions";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { PersonView, setPersonRoleInput } from "./contract";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };

export const PERSON = { id: true, name: true, email: true } as const;

export function listPeople({ organization }: Context): Promise<PersonView[]> {
  return organization.db.transaction(async (tx) => {
    const rows = await tx.organizationMember.findMany({
      include: {
        user: { select: { ...PERSON, disabledAt: true, lastSeenAt: true } },
        groups: { include: { group: { select: { id: true, name: true } } } },
        memberships: { where: { workspace: { deletedAt: null } }, include: { workspace: { select: { id: true, name: true } } } },
      },
    });
    const views = rows.map(({ user, role, groups, memberships }) => ({
      userId: user.id,
      name: user.name ?? user.email,
      email: user.email,
      role: isOrganizationRole(role) ? role : ("member" as const),
      isDisabled: user.disabledAt !== null,
      lastSeenAt: user.lastSeenAt?.toISOString() ?? null,
      groups: groups.map(({ group }) => group),
      workspaces: [...new Map(memberships.map(({ workspace }) => [workspace.id, workspace])).values()],
    }));
    return views.sort((one, other) => one.name.localeCompare(other.name));
  });
}

export async function findMember(tx: Tx, userId: string) {
  const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: PERSON } } });
  if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
  return member;
}

/** Owners are made and unmade by owners only. */
export async function setPersonRole({ organization }: Context, { userId, role }: z.output<typeof setPersonRoleInput>) {
  const { organizationId } = organization;
  const { name } = organization.organization;
  await inWords({ kind: "person", name: "", organization: name }, () =>
    organization.db.transaction(async (tx) => {
      const { role: before, user } = await findMember(tx, userId);
      if (before === role) return;
      if (before === "owner" || role === "owner") organization.require("owner:write");
      await tx.organizationMember.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role } });
      await recordAudit(tx, organization, { action: "person.role_changed", resource: { type: "user", id: userId, name: user.email }, before: { role: before }, after: { role } });
    }),
  );
  return done;
}

/** With every role in the organization's workspaces and groups. What the person made stays. */
export async function removePerson({ organization }: Context, { userId }: { userId: string }) {
  const { organizationId } = organization;
  await inWords({ kind: "person", name: "", organization: organization.organization.name }, () =>
    organization.db.transaction(async (tx) => {
      const { role, user } = await findMember(tx, userId);
      if (role === "owner") organization.require("owner:write");
      await tx.organizationMember.delete({ where: { organizationId_userId: { organizationId, userId } } });
      await recordAudit(tx, organization, { action: "person.removed", resource: { type: "user", id: userId, name: user.email }, before: { role } });
    }),
  );
  return done;
}

/** Makes sure that a person is in the organization; never takes anything from a role that is mightier already. */
export async function joinOrganization(tx: Tx, { organizationId, userId, role = "member" }: { organizationId: string; userId: string; role?: OrganizationRole }): Promise<void> {
  const before = await tx.organizationMember.findFirst({ where: { organizationId, userId } });
  if (before === null) await tx.organizationMember.createMany({ data: [{ organizationId, userId, role }], skipDuplicates: true });
  else if (before.role === "member" && role !== "member") await tx.organizationMember.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role } });
}
