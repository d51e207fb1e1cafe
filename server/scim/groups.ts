import { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { type Condition, readFilter } from "./filter";
import type { Change, Json } from "./patch";
import { ScimError } from "./scim-error";

export const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";
const FILTERS = ["id", "displayname", "externalid", "members", "members.value"];
const MAX_MEMBERS = 10_000;

const groupSchema = z.object({
  displayName: z.string().trim().min(1).max(100),
  externalId: z.string().max(500).nullish(),
  members: z.array(z.object({ value: z.string() })).max(MAX_MEMBERS).nullish(),
});

function wantedOf(body: unknown) {
  const read = groupSchema.safeParse(body);
  if (!read.success) throw new ScimError(400, `${read.error.issues[0]?.path.join(".")}: ${read.error.issues[0]?.message}`, "invalidValue");
  const { displayName, externalId, members } = read.data;
  return { name: displayName, externalId: externalId || null, members: [...new Set((members ?? []).map(({ value }) => value))] };
}
type Wanted = ReturnType<typeof wantedOf>;

/** Groups that the provider made: those of people here are not its. */
const PROVISIONED = { externalId: { not: null } };

async function load(db: Pick<Tx, "personGroup">, where: object, page: { skip?: number; take?: number } = {}): Promise<Json[]> {
  const rows = await db.personGroup.findMany({ where: { AND: [PROVISIONED, where] }, include: { members: { include: { member: { include: { user: { select: { id: true, email: true } } } } } } }, orderBy: { id: "asc" }, ...page });
  return rows.map(({ id, name, externalId, members, createdAt, updatedAt }) => ({
    schemas: [GROUP_SCHEMA],
    id,
    ...(externalId === id ? {} : { externalId }),
    displayName: name,
    members: members.map(({ member: { user } }) => ({ value: user.id, display: user.email })).sort((one, other) => (one.value < other.value ? -1 : 1)),
    meta: { resourceType: "Group", created: createdAt.toISOString(), lastModified: updatedAt.toISOString() },
  }));
}

function conditionOf({ attribute, value }: Condition): object {
  const isId = /^[0-9a-f-]{36}$/.test(value);
  switch (attribute) {
    case "id": return isId ? { id: value } : { name: { in: [] } };
    case "displayname": return { name: { equals: value, mode: "insensitive" } };
    case "externalid": return { externalId: value };
    default: return isId ? { members: { some: { userId: value } } } : { name: { in: [] } };
  }
}

async function setMembers(tx: Tx, organization: OrganizationScope, groupId: string, members: readonly string[]): Promise<void> {
  const { organizationId } = organization;
  const known = new Set((await tx.scimUser.findMany({ where: { userId: { in: members.filter((id) => /^[0-9a-f-]{36}$/.test(id)) } }, select: { userId: true } })).map(({ userId }) => userId));
  const stranger = members.find((id) => !known.has(id));
  if (stranger !== undefined) throw new ScimError(400, `there is no user ${stranger.slice(0, 100)}`, "invalidValue");
  await tx.groupMember.deleteMany({ where: { groupId, userId: { notIn: [...members] } } });
  await tx.groupMember.createMany({ data: members.map((userId) => ({ groupId, userId, organizationId })), skipDuplicates: true });
}

/** `read` says what is wanted, of what nobody changes until it is done. */
async function write(organization: OrganizationScope, id: string, read: (tx: Tx) => Promise<Wanted>, isNew: boolean): Promise<string> {
  const { organizationId } = organization;
  let name = "";
  try {
    await organization.db.transaction(async (tx) => {
      if (!isNew) await tx.$queryRaw`SELECT 1 FROM person_group WHERE id = ${id}::uuid FOR UPDATE`;
      const wanted = await read(tx);
      ({ name } = wanted);
      const data = { name, externalId: wanted.externalId ?? id };
      if (isNew) await tx.personGroup.create({ data: { id, organizationId, ...data } });
      else await tx.personGroup.update({ where: { id }, data });
      await setMembers(tx, organization, id, wanted.members);
      await recordAudit(tx, organization, { action: isNew ? "group.created" : "group.changed", resource: { type: "group", id, name }, after: { members: wanted.members.length } });
    });
    return id;
  } catch (error) {
    if (isUniqueViolation(error)) throw new ScimError(409, `there is a group ${name} already`, "uniqueness", { cause: error });
    throw error;
  }
}

export const groups = {
  async list(organization: OrganizationScope, filter: string | null, page: { skip: number; take: number }) {
    const where = { AND: readFilter(filter ?? "", FILTERS).map(conditionOf) };
    return { total: await organization.db.personGroup.count({ where: { AND: [PROVISIONED, where] } }), resources: page.take === 0 ? [] : await load(organization.db, where, page) };
  },
  async find(organization: OrganizationScope, id: string): Promise<Json | null> {
    return (await load(organization.db, { id }))[0] ?? null;
  },
  create(organization: OrganizationScope, body: unknown) {
    const wanted = wantedOf(body);
    return write(organization, newId(), () => Promise.resolve(wanted), true);
  },
  async change(organization: OrganizationScope, id: string, changed: Change) {
    const read = async (tx: Tx) => {
      const [current] = await load(tx, { id });
      if (current === undefined) throw new ScimError(404, "there is no such resource");
      return wantedOf(changed(current));
    };
    await write(organization, id, read, false);
  },
  async remove(organization: OrganizationScope, before: Json) {
    await organization.db.transaction(async (tx) => {
      await tx.personGroup.delete({ where: { id: String(before.id) } });
      await recordAudit(tx, organization, { action: "group.removed", resource: { type: "group", id: String(before.id), name: String(before.displayName) } });
    });
  },
};
