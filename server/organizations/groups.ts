import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { createGroupInput, GroupView, setGroupMembersInput, updateGroupInput } from "./contract";
import { PERSON } from "./people";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };
const resourceOf = (id: string, name: string) => ({ type: "group", id, name });

export async function listGroups({ organization }: Context): Promise<GroupView[]> {
  const groups = await organization.db.personGroup.findMany({ include: { members: { include: { member: { include: { user: { select: PERSON } } } } } }, orderBy: { name: "asc" } });
  return groups.map(({ id, name, description, externalId, members }) => ({
    id,
    name,
    description,
    isProvisioned: externalId !== null,
    members: members.map(({ member: { user } }) => ({ userId: user.id, name: user.name ?? user.email, email: user.email })).sort((one, other) => one.name.localeCompare(other.name)),
  }));
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

export async function setGroupMembers({ organization }: Context, { groupId, add, remove }: z.output<typeof setGroupMembersInput>) {
  const { organizationId } = organization;
  await organization.db.transaction(async (tx) => {
    const { name } = await findGroup(tx, groupId);
    const known = new Set((await tx.organizationMember.findMany({ where: { userId: { in: add } }, select: { userId: true } })).map(({ userId }) => userId));
    const stranger = add.find((userId) => !known.has(userId));
    if (stranger !== undefined) throw new DomainError("not_found", { what: "person", id: stranger });
    await tx.groupMember.createMany({ data: add.map((userId) => ({ groupId, userId, organizationId })), skipDuplicates: true });
    await tx.groupMember.deleteMany({ where: { groupId, userId: { in: remove } } });
    await recordAudit(tx, organization, { action: "group.members_changed", resource: resourceOf(groupId, name), after: { add, remove } });
  });
  return done;
}

function named<Result>({ organization }: OrganizationScope, name: string, work: () => Promise<Result>): Promise<Result> {
  return inWords({ kind: "group", name, organization: organization.name }, work);
}
