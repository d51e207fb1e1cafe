import type { z } from "zod";
import type { SsoConnection } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { sealForPerson } from "@/server/secrets/service";
import { addressesOf } from "./addresses";
import { readCertificate, viewCertificate } from "./certificate";
import { type ConnectionInput, type ConnectionView, mappingSchema, type updateConnectionInput } from "./contract";
import { viewDomain } from "./domains";
import { keepingItsDoors } from "./keep-working";
import { requireProvider, secretBinding } from "./oidc";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };
const MAX_CONNECTIONS = 20;
const resourceOf = ({ id, name }: Pick<SsoConnection, "id" | "name">) => ({ type: "sso_connection", id, name });

export function viewConnection(row: SsoConnection): ConnectionView {
  const { start, test, callback, acs, metadata } = addressesOf(row.id);
  const { id, name, enabled, provisions, issuer, clientId, scopes, entityId, ssoUrl, unsolicited } = row;
  const kind = row.kind === "saml" ? "saml" : "oidc";
  return {
    id, kind, name, enabled, provisions, issuer, clientId, scopes, entityId, ssoUrl, unsolicited,
    defaultRole: row.defaultRole === "admin" ? "admin" : "member",
    mapping: mappingSchema.parse(row.mapping),
    hasSecret: row.sealedSecret !== null,
    certificates: row.certificates.map(viewCertificate),
    addresses: { start, test, redirect: kind === "oidc" ? callback : acs, entity: metadata, metadata },
  };
}

export async function viewSso({ organization }: Context) {
  const [connections, domains, groups] = await Promise.all([
    organization.db.ssoConnection.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] }),
    organization.db.ssoDomain.findMany({ orderBy: { domain: "asc" } }),
    organization.db.personGroup.findMany({ select: { id: true, name: true }, orderBy: { name: "asc" } }),
  ]);
  return { connections: connections.map(viewConnection), domains: domains.map(viewDomain), groups };
}

export async function createConnection({ organization }: Context, input: ConnectionInput) {
  await requireGroups(organization, input);
  const id = newId();
  const data = { id, organizationId: organization.organizationId, ...columnsOf(id, input) };
  if (input.kind === "oidc") await requireProvider({ id, issuer: input.issuer, clientId: input.clientId, sealedSecret: null, masterKeyId: null });
  await organization.db.transaction(async (tx) => {
    if ((await tx.ssoConnection.count()) >= MAX_CONNECTIONS) throw new DomainError("limit_reached", { what: "connections", limit: MAX_CONNECTIONS });
    await tx.ssoConnection.create({ data });
    await recordAudit(tx, organization, { action: "sso_connection.created", resource: resourceOf({ id, name: input.name }), after: summaryOf(input) });
  });
  return { id };
}

/** Takes effect at the next sign-in. What it is, OpenID Connect or SAML, stays. */
export async function updateConnection({ organization }: Context, { connectionId, connection: input }: z.output<typeof updateConnectionInput>) {
  const before = await findConnection(organization, connectionId);
  if (before.kind !== input.kind) throw new DomainError("invalid_input", { field: "connection.kind", reason: "cannot be changed: make another connection" });
  if (input.kind === "oidc") requireOwnSecret(before, input);
  if (input.kind === "oidc" && input.issuer !== before.issuer) await requireProvider({ id: connectionId, issuer: input.issuer, clientId: input.clientId, sealedSecret: null, masterKeyId: null });
  await requireGroups(organization, input);
  await organization.db.transaction(async (tx) => {
    await tx.ssoConnection.update({ where: { id: connectionId }, data: { ...columnsOf(connectionId, input), ...lookedAtAnew(before, input) } });
    await recordAudit(tx, organization, { action: "sso_connection.changed", resource: resourceOf({ id: connectionId, name: input.name }), before: { name: before.name, provider: before.issuer ?? before.entityId }, after: summaryOf(input) });
  });
  return done;
}

/** Other certificates have been looked at by nobody: how long they hold is told as of the next look. */
function lookedAtAnew(before: SsoConnection, input: ConnectionInput): { certificatesCheckedAt?: null } {
  return input.kind === "saml" && input.certificates.map(readCertificate).join() !== before.certificates.join() ? { certificatesCheckedAt: null } : {};
}

/** The secret goes to where the issuer is. Whoever sends it elsewhere has to know it. */
function requireOwnSecret(before: SsoConnection, { issuer, clientSecret }: { issuer: string; clientSecret?: string | undefined }): void {
  const isElsewhere = before.issuer !== null && new URL(before.issuer).origin !== new URL(issuer).origin;
  if (isElsewhere && before.sealedSecret !== null && clientSecret === undefined) throw new DomainError("invalid_input", { field: "connection.clientSecret", reason: "must be given anew for another issuer" });
}

export async function enableConnection({ organization }: Context, { connectionId, enabled }: { connectionId: string; enabled: boolean }) {
  const row = await findConnection(organization, connectionId);
  await keepingItsDoors(organization, async (tx) => {
    await tx.ssoConnection.update({ where: { id: connectionId }, data: { enabled } });
    await recordAudit(tx, organization, { action: enabled ? "sso_connection.enabled" : "sso_connection.disabled", resource: resourceOf(row) });
  });
  return done;
}

export async function removeConnection({ organization }: Context, { connectionId }: { connectionId: string }) {
  const row = await findConnection(organization, connectionId);
  await keepingItsDoors(organization, async (tx) => {
    await tx.ssoDomain.updateMany({ where: { connectionId }, data: { connectionId: null } });
    await tx.ssoConnection.delete({ where: { id: connectionId } });
    await recordAudit(tx, organization, { action: "sso_connection.removed", resource: resourceOf(row) });
  });
  return done;
}

async function findConnection(organization: OrganizationScope, id: string): Promise<SsoConnection> {
  const row = await organization.db.ssoConnection.findFirst({ where: { id } });
  if (row === null) throw new DomainError("not_found", { what: "connection", id });
  return row;
}

async function requireGroups(organization: OrganizationScope, { mapping }: ConnectionInput): Promise<void> {
  const wanted = mapping.rules.flatMap(({ groupId }) => groupId ?? []);
  const known = new Set((await organization.db.personGroup.findMany({ where: { id: { in: wanted } }, select: { id: true } })).map(({ id }) => id));
  const stranger = wanted.find((id) => !known.has(id));
  if (stranger !== undefined) throw new DomainError("not_found", { what: "group", id: stranger });
}

function summaryOf(input: ConnectionInput): Record<string, unknown> {
  const { kind, provisions, defaultRole, mapping } = input;
  const provider = input.kind === "oidc" ? { issuer: input.issuer, clientId: input.clientId } : { entityId: input.entityId, certificates: input.certificates.length, unsolicited: input.unsolicited };
  return { kind, provisions, defaultRole, rules: mapping.rules.length, ...provider };
}

function columnsOf(id: string, input: ConnectionInput) {
  const { kind, name, provisions, defaultRole, mapping } = input;
  const shared = { kind, name, provisions, defaultRole, mapping };
  if (input.kind === "saml") {
    const { entityId, ssoUrl, unsolicited } = input;
    return { ...shared, entityId, ssoUrl, unsolicited, certificates: input.certificates.map(readCertificate) };
  }
  const { issuer, clientId, clientSecret, scopes } = input;
  return { ...shared, issuer, clientId, scopes, ...secretColumns(id, clientSecret) };
}

function secretColumns(id: string, secret: string | undefined) {
  if (secret === undefined) return {};
  if (secret === "") return { sealedSecret: null, masterKeyId: null };
  const { sealed, masterKeyId } = sealForPerson(Buffer.from(secret), secretBinding(id));
  return { sealedSecret: sealed, masterKeyId };
}
