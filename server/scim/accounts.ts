import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { losesLastAdministrator } from "@/server/auth/platform";
import { isSomebodyElses, proveAddress } from "@/server/auth/proven-address";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { ownsDomainOf } from "@/server/sso/service";
import { ScimError } from "./scim-error";

/** What a provider says of one person. */
export interface WantedUser {
  userName: string;
  externalId: string | null;
  email: string;
  name: string | null;
  givenName: string | null;
  familyName: string | null;
  active: boolean;
}

/**
 * Accounts are of the whole installation. A provider reaches those whose addresses are in a verified domain of its organization, and
 * no others: neither by making them nor by changing an address.
 */
async function requireOwnDomain(tx: Tx, organizationId: string, email: string): Promise<void> {
  if (!(await ownsDomainOf(tx, organizationId, email))) throw new ScimError(400, `${email} is in no verified domain of the organization`, "invalidValue");
}

/**
 * A member whom the organization's own provider can sign in: for them its word is that of the sign-in, which clears the account as well,
 * and shuts nobody out.
 */
async function comesBy(tx: Tx, organizationId: string, { id, email }: { id: string; email: string }): Promise<boolean> {
  const membership = await tx.organizationMember.count({ where: { organizationId, userId: id } });
  const domain = { organizationId, domain: email.split("@")[1]!, verifiedAt: { not: null }, connection: { enabled: true } };
  return membership > 0 && (await tx.ssoDomain.count({ where: domain })) > 0;
}

const columnsOf = ({ userName, externalId, givenName, familyName, active }: WantedUser) => ({ userName, externalId, givenName, familyName, deactivatedAt: active ? null : new Date() });

export async function createAccount(organization: OrganizationScope, wanted: WantedUser): Promise<string> {
  const { organizationId } = organization;
  return inTransaction(async (tx) => {
    await requireOwnDomain(tx, organizationId, wanted.email);
    await tx.$queryRaw`SELECT 1 FROM user_account WHERE email = ${wanted.email} FOR NO KEY UPDATE`;
    const known = await tx.user.findUnique({ where: { email: wanted.email } });
    // What an administrator of the installation switched off stays so.
    const returns = known !== null && known.disabledAt !== null;
    if (returns && known.disabledByOrganizationId !== organizationId) throw new ScimError(409, `the account ${wanted.email} was switched off here`, "uniqueness");
    if (known !== null && (await comesBy(tx, organizationId, known))) await proveAddress(tx, known, "provisioning", { origin: organization.origin });
    else if (known !== null && (await isSomebodyElses(tx, known))) throw new ScimError(409, `an account for ${wanted.email} was made by somebody who has never shown that the address is theirs: its holder has to sign in by single sign-on or a mailed link once`, "uniqueness");
    const person = known ?? (await tx.user.create({ data: { id: newId(), email: wanted.email, name: wanted.name, emailProvenAt: new Date() } }));
    const key = { organizationId, userId: person.id };
    await tx.organizationMember.upsert({ where: { organizationId_userId: key }, create: key, update: {} });
    await tx.scimUser.create({ data: { ...key, ...columnsOf(wanted) } });
    await recordAudit(tx, organization, { action: "person.provisioned", resource: { type: "user", id: person.id, name: person.email }, after: { userName: wanted.userName } });
    if (returns && wanted.active) await switchOn(tx, organization, person);
    if (!wanted.active && !returns) await switchOff(tx, organization, person);
    return person.id;
  });
}

/** `read` says what is wanted, of what nobody changes until it is done. */
export async function changeAccount(organization: OrganizationScope, userId: string, read: (tx: Tx) => Promise<WantedUser>): Promise<void> {
  const { organizationId } = organization;
  await inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM scim_user WHERE organization_id = ${organizationId}::uuid AND user_id = ${userId}::uuid FOR UPDATE`;
    // What an administrator of the installation says at the same moment counts.
    await tx.$queryRaw`SELECT 1 FROM user_account WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const wanted = await read(tx);
    const row = await tx.scimUser.findUniqueOrThrow({ where: { organizationId_userId: { organizationId, userId } }, include: { member: { include: { user: true } } } });
    const { user } = row.member;
    await requireOwnDomain(tx, organizationId, user.email);
    await requireOwnDomain(tx, organizationId, wanted.email);
    await tx.scimUser.update({ where: { organizationId_userId: { organizationId, userId } }, data: { ...columnsOf(wanted), deactivatedAt: wanted.active ? null : (row.deactivatedAt ?? new Date()) } });
    // Whoever looks after the installation is nobody's to rename: the address is what opens the account.
    if (wanted.email !== user.email && (await tx.platformAdmin.count({ where: { userId } })) > 0) throw new ScimError(403, "the address of an administrator of the installation is changed by them alone", "mutability");
    const changed = await tx.user.update({ where: { id: userId }, data: { email: wanted.email, name: wanted.name ?? user.name } });
    if (changed.email !== user.email || changed.name !== user.name) {
      await recordAudit(tx, organization, { action: "person.changed", resource: { type: "user", id: userId, name: changed.email }, before: { email: user.email, name: user.name }, after: { email: changed.email, name: changed.name } });
    }
    if (!wanted.active && user.disabledAt === null) await switchOff(tx, organization, user);
    if (wanted.active && user.disabledByOrganizationId === organizationId) await switchOn(tx, organization, user);
  });
}

/** The person leaves the organization, with every role and group; the account itself stays. */
export async function removeAccount(organization: OrganizationScope, userId: string): Promise<void> {
  const { organizationId } = organization;
  await inTransaction(async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await requireOwnDomain(tx, organizationId, user.email);
    await endAccess(tx, organizationId, userId);
    await tx.organizationMember.delete({ where: { organizationId_userId: { organizationId, userId } } });
    await recordAudit(tx, organization, { action: "person.removed", resource: { type: "user", id: userId, name: user.email } });
  });
}

async function switchOff(tx: Tx, organization: OrganizationScope, user: { id: string; email: string }): Promise<void> {
  await tx.user.update({ where: { id: user.id }, data: { disabledAt: new Date(), disabledByOrganizationId: organization.organizationId } });
  const ended = await endAccess(tx, organization.organizationId, user.id);
  await recordAudit(tx, organization, { action: "person.deactivated", resource: { type: "user", id: user.id, name: user.email }, after: ended });
}

async function switchOn(tx: Tx, organization: OrganizationScope, user: { id: string; email: string }): Promise<void> {
  await tx.user.update({ where: { id: user.id }, data: { disabledAt: null, disabledByOrganizationId: null } });
  await recordAudit(tx, organization, { action: "person.activated", resource: { type: "user", id: user.id, name: user.email } });
}

/**
 * Sessions and the person's own tokens end in the same moment. Service accounts that they kept are the workspace's and go on, so that
 * nobody's leaving stops what runs; their pages ask for somebody to take them over, and the audit event says how many there are.
 */
async function endAccess(tx: Tx, organizationId: string, userId: string): Promise<{ sessions: number; tokens: number; serviceAccountsToHandOver: number }> {
  const revokedAt = new Date();
  const sessions = await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  const tokens = await tx.apiToken.updateMany({ where: { userId, revokedAt: null, workspace: { organizationId } }, data: { revokedAt } });
  const serviceAccountsToHandOver = await tx.serviceAccount.count({ where: { organizationId, createdById: userId, disabledAt: null } });
  return { sessions: sessions.count, tokens: tokens.count, serviceAccountsToHandOver };
}

async function inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
  try {
    return await rawDb().$transaction(work);
  } catch (error) {
    if (isUniqueViolation(error)) throw new ScimError(409, "another user has this userName, externalId or address", "uniqueness", { cause: error });
    if (error instanceof Error && error.message.includes("at least one owner")) throw new ScimError(409, "the organization would have no owner: make somebody else an owner first", "mutability", { cause: error });
    if (losesLastAdministrator(error)) throw new ScimError(409, "the installation would have no administrator: name somebody else first", "mutability", { cause: error });
    throw error;
  }
}
