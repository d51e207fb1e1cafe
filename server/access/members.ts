import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { candidatesSchema, MembersView, MemberView, setGroupRolesInput, setRolesInput } from "./contract";
import { chooseRole, type ChosenRole, findRole, namesOfRoles, viewRole } from "./role-choice";

interface Context {
  scope: Scope;
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

/** Everybody with a role in the whole workspace, from wherever. */
export function listMembers({ scope }: Context): Promise<MembersView> {
  return scope.db.transaction(async (tx) => {
    const held = await tx.$queryRaw<(RoleOf & { groupName: string | null })[]>`
      select r.user_id::text as "userId", r.role, r.custom_role_id::text as "customRoleId", r.via, null as "groupName" from workspace_role r
      where r.workspace_id = current_workspace_id() and r.via <> 'group'
      union all
      select gm.user_id::text, g.role, g.custom_role_id::text, 'group', p.name from access_grant g
      join group_member gm on gm.group_id = g.group_id join person_group p on p.id = g.group_id
      where g.workspace_id = current_workspace_id() and g.folder_id is null and g.item_id is null`;
    const names = await namesOfRoles(tx);
    const ids = [...new Set(held.map(({ userId }) => userId))];
    const users = await tx.user.findMany({ where: { id: { in: ids }, disabledAt: null }, select: PERSON });
    const organizationRoles = new Map((await tx.organizationMember.findMany({ where: { userId: { in: ids } } })).map(({ userId, role }) => [userId, role]));
    const people = users.map(({ id, name, email }): MemberView => {
      const own = held.filter(({ userId }) => userId === id);
      return {
        userId: id,
        name: name ?? email,
        email,
        organizationRole: organizationRoles.get(id) ?? "member",
        roles: own.filter(({ via }) => via === "direct").map((row) => viewRole(row, names)),
        inherited: own.filter(({ via }) => via !== "direct").map((row) => ({ ...viewRole(row, names), from: row.groupName ?? "the organization" })),
      };
    });
    const grants = await tx.accessGrant.findMany({ where: { ...WHOLE, groupId: { not: null } }, include: { group: { include: { _count: { select: { members: true } } } } } });
    const groups = new Map<string, MembersView["groups"][number]>();
    for (const { group, ...row } of grants) {
      if (group === null) continue;
      const view = groups.get(group.id) ?? { groupId: group.id, name: group.name, people: group._count.members, roles: [] };
      view.roles.push(viewRole(row, names));
      groups.set(group.id, view);
    }
    const customRoles = await tx.customRole.findMany({ select: { id: true, name: true, description: true, permissions: true }, orderBy: { name: "asc" } });
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
    return { people: people.sort(byName), groups: [...groups.values()].sort(byName), customRoles };
  });
}

/** People and groups of the organization, to choose from. */
export function listCandidates({ scope }: Context): Promise<z.output<typeof candidatesSchema>> {
  return scope.db.transaction(async (tx) => {
    const members = await tx.organizationMember.findMany({ where: { user: { disabledAt: null } }, include: { user: { select: PERSON } } });
    const groups = await tx.personGroup.findMany({ include: { _count: { select: { members: true } } }, orderBy: { name: "asc" } });
    return {
      people: members.map(({ user }) => ({ userId: user.id, name: user.name ?? user.email, email: user.email })).sort((one, other) => one.name.localeCompare(other.name)),
      groups: groups.map(({ id, name, _count }) => ({ groupId: id, name, people: _count.members })),
      customRoles: await tx.customRole.findMany({ select: { id: true, name: true, description: true }, orderBy: { name: "asc" } }),
    };
  });
}

/** Replaces the person's own roles; none of them: the person leaves, but for what groups and the organization give. */
export async function setRoles({ scope }: Context, { userId, roles }: z.output<typeof setRolesInput>) {
  const { workspaceId, organizationId } = scope;
  await scope.db.transaction(async (tx) => {
    const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: PERSON } } });
    if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
    const before = await tx.membership.findMany({ where: { userId } });
    const chosen = await chooseAll(tx, scope, roles, before);
    await tx.membership.deleteMany({ where: { userId } });
    if (chosen.length > 0) await tx.membership.createMany({ data: chosen.map(({ role, customRoleId }) => ({ id: newId(), workspaceId, organizationId, userId, role, customRoleId })) });
    await recordAudit(tx, scope, { action: "member.roles_changed", resource: { type: "user", id: userId, name: member.user.email }, before: { roles: before.map(labelOf) }, after: { roles: chosen.map(({ label }) => label) } });
  });
  return done;
}

export async function setGroupRoles({ scope }: Context, { groupId, roles }: z.output<typeof setGroupRolesInput>) {
  const { workspaceId, organizationId, userId: createdById } = scope;
  await scope.db.transaction(async (tx) => {
    const group = await tx.personGroup.findFirst({ where: { id: groupId } });
    if (group === null) throw new DomainError("not_found", { what: "group", id: groupId });
    const before = await tx.accessGrant.findMany({ where: { groupId, ...WHOLE } });
    const chosen = await chooseAll(tx, scope, roles, before);
    await tx.accessGrant.deleteMany({ where: { groupId, ...WHOLE } });
    if (chosen.length > 0) await tx.accessGrant.createMany({ data: chosen.map(({ role, customRoleId }) => ({ id: newId(), workspaceId, organizationId, groupId, role, customRoleId, createdById })) });
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
async function chooseAll(tx: Tx, scope: Scope, roles: readonly string[], before: readonly RoleRow[]): Promise<ChosenRole[]> {
  const wanted = [...new Set(roles)];
  const changed = [...wanted.filter((role) => !before.some((row) => labelOf(row) === role)), ...before.map(labelOf).filter((role) => !wanted.includes(role))];
  for (const role of changed) await chooseRole(tx, scope, role, "workspace");
  const chosen: ChosenRole[] = [];
  for (const role of wanted) chosen.push(await findRole(tx, role));
  return chosen;
}
