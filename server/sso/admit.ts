import type { SsoConnection } from "@/prisma/generated/client";
import type { Actor, AuditEntry, RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { normalizeEmail } from "@/server/auth/email-address";
import { proveAddress } from "@/server/auth/proven-address";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { mappingSchema } from "./contract";
import { ownsDomainOf } from "./domains";
import { effectsOf, type ProviderIdentity } from "./mapping";
import { SsoRefused } from "./refusal";

export interface Admitted {
  id: string;
  email: string;
  name: string | null;
}

type Connection = Pick<SsoConnection, "id" | "kind" | "name" | "organizationId" | "mapping" | "defaultRole" | "provisions">;

export function sourceOf(connection: Pick<SsoConnection, "id" | "name" | "organizationId">, origin: RequestOrigin) {
  const actor: Actor = { type: "system", id: connection.id, name: connection.name };
  return { organizationId: connection.organizationId, workspaceId: null, actor, origin };
}

/**
 * The person of an identity, with the membership, role and groups that the provider's word gives them now. The word of an organization's
 * provider counts for addresses of the organization's own domains and for no other, at every sign-in: whoever was linked before is
 * refused too, once their address belongs to somebody else.
 */
export async function admit(connection: Connection, identity: ProviderIdentity, origin: RequestOrigin): Promise<Admitted> {
  return rawDb().$transaction(async (tx) => {
    const provider = `${connection.kind}:${connection.id}`;
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${provider}:${identity.email ?? identity.subject}`}, 0))`;
    const record = (entry: AuditEntry) => recordAudit(tx, sourceOf(connection, origin), entry);
    const linked = await tx.linkedAccount.findUnique({ where: { provider_subject: { provider, subject: identity.subject } }, include: { user: true } });
    const person = linked?.user ?? (await personByAddress(tx, connection, identity));
    if (person.disabledAt !== null) throw new SsoRefused("sso_not_admitted", `the account ${person.email} is switched off`);
    if (!(await ownsDomainOf(tx, connection.organizationId, person.email))) throw new SsoRefused("sso_not_admitted", `${person.email} is in no verified domain of the organization`);
    // Whoever owns the domain says so; what somebody else set up for the address goes.
    await proveAddress(tx, person, "single sign-on", { origin });
    await join(tx, connection, person, identity, record);
    await tx.linkedAccount.upsert({
      where: { userId_provider: { userId: person.id, provider } },
      create: { id: newId(), userId: person.id, provider, subject: identity.subject, label: identity.email ?? identity.subject, lastUsedAt: new Date() },
      update: { subject: identity.subject, lastUsedAt: new Date() },
    });
    await record({ action: "sso.signed_in", resource: { type: "user", id: person.id, name: person.email }, after: { connection: connection.name } });
    return { id: person.id, email: person.email, name: person.name };
  });
}

async function personByAddress(tx: Tx, connection: Connection, identity: ProviderIdentity) {
  const email = identity.email === null ? null : normalizeEmail(identity.email);
  if (email === null) throw new SsoRefused("sso_not_admitted", "the provider names no e-mail address that can be used");
  if (identity.emailUnverified) throw new SsoRefused("sso_not_admitted", `the provider has not verified ${email}`);
  if (!(await ownsDomainOf(tx, connection.organizationId, email))) throw new SsoRefused("sso_not_admitted", `${email} is in no verified domain of the organization`);
  const known = await tx.user.findUnique({ where: { email } });
  if (known !== null) return known;
  if (!connection.provisions) throw new SsoRefused("sso_not_admitted", `there is no account for ${email}, and the connection makes none`);
  return tx.user.create({ data: { id: newId(), email, name: identity.name, emailProvenAt: new Date() } });
}

async function join(tx: Tx, connection: Connection, person: Admitted, identity: ProviderIdentity, record: (entry: AuditEntry) => Promise<void>): Promise<void> {
  const { organizationId } = connection;
  const key = { organizationId, userId: person.id };
  const resource = { type: "user", id: person.id, name: person.email };
  const effects = effectsOf(identity.groups, mappingSchema.parse(connection.mapping), connection.defaultRole === "admin" ? "admin" : "member");
  const member = await tx.organizationMember.findUnique({ where: { organizationId_userId: key } });
  if (member === null) {
    if (!connection.provisions) throw new SsoRefused("sso_not_admitted", `${person.email} is not in the organization, and the connection takes nobody in`);
    await tx.organizationMember.create({ data: { ...key, role: effects.role } });
    await record({ action: "person.provisioned", resource, after: { role: effects.role, connection: connection.name } });
  } else if (effects.decidesRole && member.role !== "owner" && member.role !== effects.role) {
    await tx.organizationMember.update({ where: { organizationId_userId: key }, data: { role: effects.role } });
    await record({ action: "person.role_changed", resource, before: { role: member.role }, after: { role: effects.role } });
  }
  await arrangeGroups(tx, key, effects, (after) => record({ action: "person.groups_changed", resource, after }));
}

async function arrangeGroups(tx: Tx, key: { organizationId: string; userId: string }, { groupIds, managedGroupIds }: { groupIds: string[]; managedGroupIds: string[] }, tell: (after: Record<string, unknown>) => Promise<void>) {
  // A rule may speak of a group that is not there any more.
  const present = await tx.personGroup.findMany({ where: { organizationId: key.organizationId, id: { in: managedGroupIds } }, include: { members: { where: { userId: key.userId } } } });
  const add = present.filter(({ id, members }) => members.length === 0 && groupIds.includes(id));
  const remove = present.filter(({ id, members }) => members.length > 0 && !groupIds.includes(id));
  if (add.length + remove.length === 0) return;
  await tx.groupMember.createMany({ data: add.map(({ id }) => ({ groupId: id, ...key })) });
  await tx.groupMember.deleteMany({ where: { ...key, groupId: { in: remove.map(({ id }) => id) } } });
  await tell({ added: add.map(({ name }) => name), removed: remove.map(({ name }) => name) });
}
