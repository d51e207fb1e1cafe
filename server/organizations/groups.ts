import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import { permissionsOfRole } from "@/server/auth/access";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import { afterName, decodeNamePlace, fitsPerson, namePageFrom, type NamePlace } from "@/server/db/name-place";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import type { createGroupInput, GroupMemberView, GroupView, listGroupMembersInput, listGroupsInput, setGroupMembersInput, updateGroupInput } from "./contract";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
  /** Of a person: refuses a sign-in that is not of just now. */
  requireProof?: () => Promise<void>;
}
const done = { ok: true as const };
/** How many of a group's people its line names. */
const NAMED = 5;
const resourceOf = (id: string, name: string) => ({ type: "group", id, name });

type Named = NamePlace & { name: string };

export function listGroups({ organization }: Context, { search, cursor, limit }: z.output<typeof listGroupsInput>): Promise<Page<GroupView>> {
  return organization.db.transaction(async (tx) => {
    const found = await tx.$queryRaw<(Named & { description: string; isProvisioned: boolean; people: number; firstPeople: string[] })[]>`
      select id::text, key, name, description, external_id is not null as "isProvisioned", (select count(*)::int from group_member gm where gm.group_id = g.id) as people,
        array(select coalesce(u.name, u.email) from group_member gm join user_account u on u.id = gm.user_id where gm.group_id = g.id order by lower(coalesce(u.name, u.email)), u.id limit ${NAMED}) as "firstPeople"
      from (select *, lower(name) as key, '' as email from person_group where organization_id = ${organization.organizationId}::uuid) g
      where (${fitsPerson(search)} or g.id::text = ${search}) and ${afterName(decodeNamePlace(cursor))} order by key, g.id limit ${limit + 1}`;
    return namePageFrom(found, limit, ({ id, name, description, isProvisioned, people, firstPeople }) => ({ id, name, description, isProvisioned, people, firstPeople }));
  });
}

export function listGroupMembers({ organization }: Context, { groupId, search, cursor, limit }: z.output<typeof listGroupMembersInput>): Promise<Page<GroupMemberView>> {
  return organization.db.transaction(async (tx) => {
    await findGroup(tx, groupId);
    const found = await tx.$queryRaw<(Named & { email: string })[]>`
      select id::text, key, name, email from (
        select u.id, coalesce(u.name, u.email) as name, u.email, lower(coalesce(u.name, u.email)) as key from group_member gm join user_account u on u.id = gm.user_id where gm.group_id = ${groupId}::uuid) p
      where ${fitsPerson(search)} and ${afterName(decodeNamePlace(cursor))} order by key, p.id limit ${limit + 1}`;
    return namePageFrom(found, limit, ({ id, name, email }) => ({ userId: id, name, email }));
  });
}

async function findGroup(tx: Tx, id: string) {
  const group = await tx.personGroup.findFirst({ where: { id } });
  if (group === null) throw new DomainError("not_found", { what: "group", id });
  return group;
}

export async function createGroup({ organization }: Context, { name, description }: z.output<typeof createGroupInput>) {
  const id = newId();
  await named(organization, name, () =>
    organization.db.transaction(async (tx) => {
      await tx.personGroup.create({ data: { id, organizationId: organization.organizationId, name, description } });
      await recordAudit(tx, organization, { action: "group.created", resource: resourceOf(id, name) });
    }),
  );
  return { id };
}

export async function updateGroup({ organization }: Context, { groupId, name, description }: z.output<typeof updateGroupInput>) {
  await named(organization, name, () =>
    organization.db.transaction(async (tx) => {
      const before = await findGroup(tx, groupId);
      await tx.personGroup.update({ where: { id: groupId }, data: { name, description } });
      await recordAudit(tx, organization, { action: "group.changed", resource: resourceOf(groupId, name), before: { name: before.name, description: before.description }, after: { name, description } });
    }),
  );
  return done;
}

/** Whatever was granted to it is granted to nobody then. */
export async function removeGroup({ organization }: Context, { groupId }: { groupId: string }) {
  await organization.db.transaction(async (tx) => {
    const { name } = await findGroup(tx, groupId);
    await tx.personGroup.delete({ where: { id: groupId } });
    await recordAudit(tx, organization, { action: "group.removed", resource: resourceOf(groupId, name) });
  });
  return done;
}

export async function setGroupMembers({ organization, requireProof }: Context, { groupId, add, remove }: z.output<typeof setGroupMembersInput>) {
  const { organizationId } = organization;
  await organization.db.transaction(async (tx) => {
    const { name } = await findGroup(tx, groupId);
    const known = new Set((await tx.organizationMember.findMany({ where: { userId: { in: add } }, select: { userId: true } })).map(({ userId }) => userId));
    const stranger = add.find((userId) => !known.has(userId));
    if (stranger !== undefined) throw new DomainError("not_found", { what: "person", id: stranger });
    if (add.length > 0 && (await letsOthersIn(tx, groupId))) await requireProof?.();
    await tx.groupMember.createMany({ data: add.map((userId) => ({ groupId, userId, organizationId })), skipDuplicates: true });
    await tx.groupMember.deleteMany({ where: { groupId, userId: { in: remove } } });
    await recordAudit(tx, organization, { action: "group.members_changed", resource: resourceOf(groupId, name), after: { add, remove } });
  });
  return done;
}

/** Whether whoever is in the group may give roles in a workspace. */
async function letsOthersIn(tx: Tx, groupId: string): Promise<boolean> {
  const grants = await tx.accessGrant.findMany({ where: { groupId, folderId: null, itemId: null }, select: { role: true, customRole: { select: { permissions: true } } } });
  return grants.some(({ role, customRole }) => permissionsOfRole({ role, permissions: customRole?.permissions ?? null }).includes("member:write"));
}

function named<Result>({ organization }: OrganizationScope, name: string, work: () => Promise<Result>): Promise<Result> {
  return inWords({ kind: "group", name, organization: organization.name }, work);
}
