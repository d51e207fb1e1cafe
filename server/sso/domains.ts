import { resolveTxt } from "node:dns/promises";
import type { z } from "zod";
import type { SsoDomain } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { newToken } from "@/server/auth/one-time-token";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { keepingItsDoors } from "./keep-working";
import type { addDomainInput, DomainView, routeDomainInput } from "./contract";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };
const MAX_DOMAINS = 100;

export const recordOf = ({ domain, token }: Pick<SsoDomain, "domain" | "token">) => ({ name: `_millrace.${domain}`, value: `millrace-domain=${token}` });
export const resourceOf = ({ id, domain }: Pick<SsoDomain, "id" | "domain">) => ({ type: "domain", id, name: domain });
const notFound = (id: string) => new DomainError("not_found", { what: "domain", id });

export function viewDomain(row: SsoDomain): DomainView {
  const { id, domain, connectionId, verifiedAt, missingSince } = row;
  return { id, domain, connectionId, verifiedAt: verifiedAt?.toISOString() ?? null, missingSince: missingSince?.toISOString() ?? null, record: recordOf(row) };
}

export async function addDomain({ organization }: Context, { domain }: z.output<typeof addDomainInput>): Promise<DomainView> {
  return organization.db.transaction(async (tx) => {
    const rows = await tx.ssoDomain.findMany();
    if (rows.some((row) => row.domain === domain)) throw new DomainError("name_taken", { what: "domain", name: domain, field: "domain" });
    if (rows.length >= MAX_DOMAINS) throw new DomainError("limit_reached", { what: "domains", limit: MAX_DOMAINS });
    const row = await tx.ssoDomain.create({ data: { id: newId(), organizationId: organization.organizationId, domain, token: newToken().token } });
    await recordAudit(tx, organization, { action: "domain.added", resource: resourceOf(row) });
    return viewDomain(row);
  });
}

export type TxtResolver = (name: string) => Promise<string[][]>;

/** Asks the name servers for the record that only whoever runs the domain can have put there. */
export async function verifyDomain({ organization }: Context, { domainId }: { domainId: string }, resolve: TxtResolver = resolveTxt): Promise<DomainView> {
  const row = await organization.db.ssoDomain.findFirst({ where: { id: domainId } });
  if (row === null) throw notFound(domainId);
  const { name, value } = recordOf(row);
  const found = await lookUp(name, resolve);
  if (!found.includes(value)) throw new DomainError("invalid_input", { field: "domain", reason: `has no TXT record ${name} with the value ${value} yet${found.length === 0 ? "" : `; found: ${found.join(", ").slice(0, 200)}`}` });
  try {
    return await keepingItsDoors(organization, async (tx) => {
      const verified = await tx.ssoDomain.update({ where: { id: domainId }, data: { verifiedAt: new Date(), checkedAt: new Date(), missingSince: null, misses: 0, mayLapse: true, lapsedAt: null } });
      await recordAudit(tx, organization, { action: "domain.verified", resource: resourceOf(row) });
      return viewDomain(verified);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: "domain of another organization", name: row.domain, field: "domain" }, { cause: error });
    throw error;
  }
}

export async function lookUp(name: string, resolve: TxtResolver): Promise<string[]> {
  try {
    return (await resolve(name)).map((parts) => parts.join("").trim());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw new DomainError("unavailable", { what: `name server (${code ?? "error"})` }, { cause: error });
  }
}

export async function routeDomain({ organization }: Context, { domainId, connectionId }: z.output<typeof routeDomainInput>) {
  await keepingItsDoors(organization, async (tx) => {
    if (connectionId !== null && (await tx.ssoConnection.count({ where: { id: connectionId } })) === 0) throw new DomainError("not_found", { what: "connection", id: connectionId });
    const row = await tx.ssoDomain.findFirst({ where: { id: domainId } });
    if (row === null) throw notFound(domainId);
    await tx.ssoDomain.update({ where: { id: domainId }, data: { connectionId } });
    await recordAudit(tx, organization, { action: "domain.routed", resource: resourceOf(row), before: { connectionId: row.connectionId }, after: { connectionId } });
  });
  return done;
}

export async function removeDomain({ organization }: Context, { domainId }: { domainId: string }) {
  await keepingItsDoors(organization, async (tx) => {
    const row = await tx.ssoDomain.findFirst({ where: { id: domainId } });
    if (row === null) throw notFound(domainId);
    await tx.ssoDomain.delete({ where: { id: domainId } });
    await recordAudit(tx, organization, { action: "domain.removed", resource: resourceOf(row) });
  });
  return done;
}

const domainOf = (email: string) => email.slice(email.lastIndexOf("@") + 1).toLowerCase();

/** Whether the organization has proved that the address is one of its own domains. */
export async function ownsDomainOf(tx: Pick<Tx, "ssoDomain">, organizationId: string, email: string): Promise<boolean> {
  return (await tx.ssoDomain.count({ where: { organizationId, domain: domainOf(email), verifiedAt: { not: null } } })) > 0;
}

/** The connection that somebody with this address signs in with. */
export async function connectionOfAddress(email: string) {
  const row = await rawDb().ssoDomain.findFirst({
    where: { domain: domainOf(email), verifiedAt: { not: null }, connection: { enabled: true }, organization: { deletedAt: null } },
    include: { connection: true },
  });
  return row?.connection ?? null;
}
