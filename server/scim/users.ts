import { z } from "zod";
import { normalizeEmail } from "@/server/auth/email-address";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { Tx } from "@/server/db/scoped";
import { changeAccount, createAccount, removeAccount, type WantedUser } from "./accounts";
import { type Condition, readFilter } from "./filter";
import type { Change, Json } from "./patch";
import { ScimError } from "./scim-error";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
const FILTERS = ["id", "username", "externalid", "displayname", "emails.value", "emails", "active"];

const text = z.string().max(500).nullish();
const truth = z.union([z.boolean(), z.string().transform((word) => word.toLowerCase() !== "false")]);
const userSchema = z.object({
  userName: z.string().trim().min(1).max(320),
  externalId: text,
  displayName: text,
  name: z.object({ givenName: text, familyName: text, formatted: text }).nullish(),
  emails: z.array(z.object({ value: z.string().max(320), primary: truth.optional() })).max(20).nullish(),
  active: truth.default(true),
});

function wantedOf(body: unknown): WantedUser {
  const read = userSchema.safeParse(body);
  if (!read.success) throw new ScimError(400, `${read.error.issues[0]?.path.join(".")}: ${read.error.issues[0]?.message}`, "invalidValue");
  const { userName, externalId, displayName, name, emails, active } = read.data;
  const address = (emails?.find(({ primary }) => primary) ?? emails?.[0])?.value ?? userName;
  const email = normalizeEmail(address);
  if (email === null) throw new ScimError(400, `${address} is no e-mail address that can be used`, "invalidValue");
  const parts = [name?.givenName, name?.familyName].filter(Boolean).join(" ");
  const shown = (displayName || name?.formatted || parts || "").replace(/\p{Cc}/gu, " ").trim().slice(0, 200);
  return { userName, externalId: externalId || null, email, name: shown || null, givenName: name?.givenName || null, familyName: name?.familyName || null, active };
}

const WITH_PERSON = { member: { include: { user: { select: { id: true, email: true, name: true, disabledAt: true } }, groups: { include: { group: { select: { id: true, name: true } } } } } } } as const;

async function load(db: Pick<Tx, "scimUser">, where: object, page: { skip?: number; take?: number } = {}): Promise<Json[]> {
  const rows = await db.scimUser.findMany({ where, include: WITH_PERSON, orderBy: { userId: "asc" }, ...page });
  return rows.map(({ userName, externalId, givenName, familyName, createdAt, updatedAt, member: { user, groups } }) => ({
    schemas: [USER_SCHEMA],
    id: user.id,
    ...(externalId === null ? {} : { externalId }),
    userName,
    displayName: user.name ?? user.email,
    name: { formatted: user.name ?? user.email, ...(givenName === null ? {} : { givenName }), ...(familyName === null ? {} : { familyName }) },
    emails: [{ value: user.email, type: "work", primary: true }],
    active: user.disabledAt === null,
    groups: groups.map(({ group }) => ({ value: group.id, display: group.name })),
    meta: { resourceType: "User", created: createdAt.toISOString(), lastModified: updatedAt.toISOString() },
  }));
}

function whereOf(filter: string | null): object {
  return { AND: readFilter(filter ?? "", FILTERS).map(conditionOf) };
}

function conditionOf({ attribute, value }: Condition): object {
  switch (attribute) {
    case "id": return /^[0-9a-f-]{36}$/.test(value) ? { userId: value } : { userName: { in: [] } };
    case "username": return { userName: { equals: value, mode: "insensitive" } };
    case "externalid": return { externalId: value };
    case "displayname": return { member: { user: { name: value } } };
    case "active": return { member: { user: { disabledAt: value === "true" ? null : { not: null } } } };
    default: return { member: { user: { email: value.toLowerCase() } } };
  }
}

export const users = {
  async list(organization: OrganizationScope, filter: string | null, page: { skip: number; take: number }) {
    const where = whereOf(filter);
    return { total: await organization.db.scimUser.count({ where }), resources: page.take === 0 ? [] : await load(organization.db, where, page) };
  },
  async find(organization: OrganizationScope, id: string): Promise<Json | null> {
    return (await load(organization.db, { userId: id }))[0] ?? null;
  },
  create: (organization: OrganizationScope, body: unknown) => createAccount(organization, wantedOf(body)),
  async change(organization: OrganizationScope, id: string, changed: Change, isWhole: boolean) {
    await changeAccount(organization, id, async (tx) => {
      const [current] = await load(tx, { organizationId: organization.organizationId, userId: id });
      if (current === undefined) throw new ScimError(404, "there is no such resource");
      return wantedOf(isWhole ? changed(current) : withNameMeant(current, changed(current)));
    });
  },
  remove: (organization: OrganizationScope, before: Json) => removeAccount(organization, String(before.id)),
};

/** Whoever changes a name or its parts means what is shown, unless that was said too. */
function withNameMeant(before: Json, changed: Json): Json {
  const isNameMeant = JSON.stringify(changed.name) !== JSON.stringify(before.name) && changed.displayName === before.displayName;
  return isNameMeant ? { ...changed, displayName: null, name: nameOf(changed.name as Json, before.name as Json) } : changed;
}

const nameOf = (after: Json, before: Json) => (after.formatted === before.formatted ? { ...after, formatted: null } : after);
