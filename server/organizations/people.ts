import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { isOrganizationRole, type OrganizationRole } from "@/server/auth/permissions";
import { afterName, decodeNamePlace, fitsPerson, namePageFrom } from "@/server/db/name-place";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { listPeopleInput, PersonView, setPersonRoleInput } from "./contract";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };

const PERSON = { id: true, name: true, email: true } as const;

export function listPeople({ organization }: Context, { search, cursor, limit }: z.output<typeof listPeopleInput>): Promise<Page<PersonView>> {
  return organization.db.transaction(async (tx) => {
    const found = await tx.$queryRaw<{ id: string; key: string; name: string; email: string }[]>`
      select id::text, key, name, email from (
        select u.id, coalesce(u.name, u.email) as name, u.email, lower(coalesce(u.name, u.email)) as key
        from organization_member m join user_account u on u.id = m.user_id where m.organization_id = ${organization.organizationId}::uuid) p
      where ${fitsPerson(search)} and ${afterName(decodeNamePlace(cursor))} order by key, p.id limit ${limit + 1}`;
    const rows = await tx.organizationMember.findMany({
      where: { userId: { in: found.map(({ id }) => id) } },
      include: {
        user: { select: { disabledAt: true, lastSeenAt: true } },
        groups: { include: { group: { select: { id: true, name: true } } }, orderBy: { group: { name: "asc" } } },
        memberships: { where: { workspace: { deletedAt: null } }, include: { workspace: { select: { id: true, name: true } } }, orderBy: { workspace: { name: "asc" } } },
      },
    });
    const members = new Map(rows.map((row) => [row.userId, row]));
    return namePageFrom(found, limit, ({ id, name, email }) => {
      const { user, role, groups, memberships } = members.get(id)!;
      return {
        userId: id,
        name,
        email,
        role: isOrganizationRole(role) ? role : ("member" as const),
        isDisabled: user.disabledAt !== null,
        lastSeenAt: user.lastSeenAt?.toISOString() ?? null,
        groups: groups.map(({ group }) => group),
        workspaces: [...new Map(memberships.map(({ workspace }) => [workspace.id, workspace])).values()],
      };
    });
  });
}

const MIGHT: Readonly<Record<string, number>> = { member: 0, admin: 1, owner: 2 } satisfies Record<OrganizationRole, number>;

export async function findMember(tx: Tx, userId: string) {
  const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: PERSON } } });
  if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
  return member;
}

/** Owners are made and unmade by owners only. */
export async function setPersonRole({ organization, requireProof }: Context & { requireProof?: () => Promise<void> }, { userId, role }: z.output<typeof setPersonRoleInput>) {
  const { organizationId } = organization;
  const { name } = organization.organization;
  await inWords({ kind: "person", name: "", organization: name }, () =>
    organization.db.transaction(async (tx) => {
      const { role: before, user } = await findMember(tx, userId);
      if (before === role) return;
      if (before === "owner" || role === "owner") organization.require("owner:write");
      if (MIGHT[role]! > (MIGHT[before] ?? 0)) await requireProof?.();
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

/** Makes sure that a person is in the organization with that role at least; never takes anything from one that is mightier already. */
export async function joinOrganization(tx: Tx, { organizationId, userId, role = "member" }: { organizationId: string; userId: string; role?: OrganizationRole }): Promise<void> {
  const before = await tx.organizationMember.findFirst({ where: { organizationId, userId } });
  if (before === null) await tx.organizationMember.createMany({ data: [{ organizationId, userId, role }], skipDuplicates: true });
  else if (MIGHT[role]! > (MIGHT[before.role] ?? 0)) await tx.organizationMember.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role } });
}
