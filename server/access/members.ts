import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { afterName, decodeNamePlace, fitsPerson, namePageFrom } from "@/server/db/name-place";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { Candidate, GroupRoles, listCandidatesInput, listMembersInput, MemberView, setGroupRolesInput, setRolesInput } from "./contract";
import { changeKeepingOwn } from "./own-losses";
import { chooseRole, type ChosenRole, findRole, isLastingRole, namesOfRoles, viewRole } from "./role-choice";

interface Context {
  scope: Scope;
  /** Of a person: refuses a sign-in that is not of just now. */
  requireProof?: () => Promise<void>;
}
const done = { ok: true as const };
const WHOLE = { folderId: null, itemId: null } as const;
const PERSON = { id: true, name: true, email: true, disabledAt: true } as const;

interface RoleOf {
  userId: string;
  role: string;
  customRoleId: string | null;
  via: string;
}

interface Member {
  id: string;
  key: string;
  name: string;
  email: string;
  organizationRole: string;
}

/** Everybody with a role in the whole workspace, from wherever, by name. */
export function listMembers({ scope }: Context, { search, cursor, limit }: z.output<typeof listMembersInput>): Promise<Page<MemberView>> {
  return scope.db.transaction(async (tx) => {
    const found = await tx.$queryRaw<Member[]>`
      select id::text, key, name, email, "organizationRole" from (
        select u.id, coalesce(u.name, u.email) as name, u.email, lower(coalesce(u.name, u.email)) as key, m.role as "organizationRole"
        from organization_member m join user_account u on u.id = m.user_id
        where m.organization_id = ${scope.organizationId}::uuid and u.disabled_at is null
          and u.id in (select r.user_id from workspace_role r where r.workspace_id = current_workspace_id())) p
      where ${fitsPerson(search)} and ${afterName(decodeNamePlace(cursor))} order by key, p.id limit ${limit + 1}`;
    const ids = Prisma.join([newId(), ...found.map(({ id }) => id)].map((id) => Prisma.sql`${id}::uuid`));
    const held = await tx.$queryRaw<(RoleOf & { groupName: string | null })[]>`
      select r.user_id::text as "userId", r.role, r.custom_role_id::text as "customRoleId", r.via, null as "groupName" from workspace_role r
      where r.workspace_id = current_workspace_id() and r.via <> 'group' and r.user_id in (${ids})
      union all
      select gm.user_id::text, g.role, g.custom_role_id::text, 'group', p.name from access_grant g
      join group_member gm on gm.group_id = g.group_id join person_group p on p.id = g.group_id
      where g.workspace_id = current_workspace_id() and g.folder_id is null and g.item_id is null and gm.user_id in (${ids})
      order by "groupName" nulls first, role`;
    const names = await namesOfRoles(tx);
    return namePageFrom(found, limit, ({ id, name, email, organizationRole }): MemberView => {
      const own = held.filter(({ userId }) => userId === id);
      return {
        userId: id,
        name,
        email,
        organizationRole,
        roles: own.filter(({ via }) => via === "direct").map((row) => viewRole(row, names)),
        inherited: own.filter(({ via }) => via !== "direct").map((row) => ({ ...viewRole(row, names), from: row.groupName ?? "the organization" })),
      };
    });
  });
}

/** Groups with a role in the whole workspace. */
export function listGroupRoles({ scope }: Context): Promise<GroupRoles[]> {
  return scope.db.transaction(async (tx) => {
    const names = await namesOfRoles(tx);
    const grants = await tx.accessGrant.findMany({ where: { ...WHOLE, groupId: { not: null } }, include: { group: { include: { _count: { select: { members: true } } } } }, orderBy: { createdAt: "asc" } });
    const groups = new Map<string, GroupRoles>();
    for (const { group, ...row } of grants) {
      if (group === null) continue;
      const view = groups.get(group.id) ?? { groupId: group.id, name: group.name, people: group._count.members, roles: [] };
      view.roles.push(viewRole(row, names));
      groups.set(group.id, view);
    }
    return [...groups.values()].sort((one, other) => one.name.localeCompare(other.name));
  });
}

/** Groups of the organization, then its people, to choose from. */
export async function listCandidates({ scope }: Context, { search, cursor, limit }: z.output<typeof listCandidatesInput>): Promise<Page<Candidate>> {
  const organizationId = Prisma.sql`${scope.organizationId}::uuid`;
  const rows = await scope.db.$queryRaw<(Candidate & { key: string })[]>`
    select kind, id::text, name, email, people, key from (
      select 'group' as kind, g.id, g.name, null as email, (select count(*)::int from group_member gm where gm.group_id = g.id) as people, '0' || lower(g.name) as key
      from person_group g where g.organization_id = ${organizationId}
      union all
      select 'person', u.id, coalesce(u.name, u.email), u.email, null, '1' || lower(coalesce(u.name, u.email))
      from organization_member m join user_account u on u.id = m.user_id where m.organization_id = ${organizationId} and u.disabled_at is null) c
    where ${fitsPerson(search)} and ${afterName(decodeNamePlace(cursor))} order by key, c.id limit ${limit + 1}`;
  return namePageFrom(rows, limit, ({ kind, id, name, email, people }) => ({ kind, id, name, email, people }));
}

/** Replaces the person's own roles; none of them: the person leaves, but for what groups and the organization give. */
export async function setRoles({ scope, requireProof }: Context, { userId, roles, keepsOwn }: z.output<typeof setRolesInput>) {
  const { workspaceId, organizationId } = scope;
  await scope.db.transaction(async (tx) => {
    const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: PERSON } } });
    if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
    const before = await tx.membership.findMany({ where: { userId } });
    const chosen = await chooseAll(tx, { scope, requireProof }, roles, before);
    const change = async () => {
      await tx.membership.deleteMany({ where: { userId } });
      if (chosen.length > 0) await tx.membership.createMany({ data: chosen.map(({ role, customRoleId }) => ({ id: newId(), workspaceId, organizationId, userId, role, customRoleId })) });
    };
    if (keepsOwn) await changeKeepingOwn(tx, scope, null, change);
    else await change();
    await recordAudit(tx, scope, { action: "member.roles_changed", resource: { type: "user", id: userId, name: member.user.email }, before: { roles: before.map(labelOf) }, after: { roles: chosen.map(({ label }) => label) } });
  });
  return done;
}

export async function setGroupRoles({ scope, requireProof }: Context, { groupId, roles, keepsOwn }: z.output<typeof setGroupRolesInput>) {
  const { workspaceId, organizationId, userId: createdById } = scope;
  await scope.db.transaction(async (tx) => {
    const group = await tx.personGroup.findFirst({ where: { id: groupId } });
    if (group === null) throw new DomainError("not_found", { what: "group", id: groupId });
    const before = await tx.accessGrant.findMany({ where: { groupId, ...WHOLE } });
    const chosen = await chooseAll(tx, { scope, requireProof }, roles, before);
    const change = async () => {
      await tx.accessGrant.deleteMany({ where: { groupId, ...WHOLE } });
      if (chosen.length > 0) await tx.accessGrant.createMany({ data: chosen.map(({ role, customRoleId }) => ({ id: newId(), workspaceId, organizationId, groupId, role, customRoleId, createdById })) });
    };
    if (keepsOwn) await changeKeepingOwn(tx, scope, null, change);
    else await change();
    await recordAudit(tx, scope, { action: "group.roles_changed", resource: { type: "group", id: groupId, name: group.name }, before: { roles: before.map(labelOf) }, after: { roles: chosen.map(({ label }) => label) } });
  });
  return done;
}

interface RoleRow {
  role: string;
  customRoleId: string | null;
}

const labelOf = ({ role, customRoleId }: RoleRow) => customRoleId ?? role;

/** Neither gives nor takes what the giver may not do: an admin makes no owner, and unmakes none. */
async function chooseAll(tx: Tx, { scope, requireProof }: Context, roles: readonly string[], before: readonly RoleRow[]): Promise<ChosenRole[]> {
  const wanted = [...new Set(roles)];
  const added = wanted.filter((role) => !before.some((row) => labelOf(row) === role));
  for (const role of before.map(labelOf).filter((one) => !wanted.includes(one))) await chooseRole(tx, scope, role, "workspace");
  for (const role of added) if (isLastingRole(await chooseRole(tx, scope, role, "workspace"))) await requireProof?.();
  const chosen: ChosenRole[] = [];
  for (const role of wanted) chosen.push(await findRole(tx, role));
  return chosen;
}
