import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

/**
 * While single sign-on is required, no change leaves a domain's people without a door, or takes the rule off them without a word: that is
 * said in the sign-in rules first.
 */
export function keepingItsDoors<Result>(organization: OrganizationScope, change: (tx: Tx) => Promise<Result>): Promise<Result> {
  return organization.db.transaction(async (tx) => {
    // Waits for whoever changes the rule, and lets them wait.
    const [asked] = await tx.$queryRaw<{ required: boolean }[]>`select sso_required as required from organization where id = ${organization.organizationId}::uuid for update`;
    if (asked?.required !== true) return change(tx);
    const before = await openDomains(tx);
    const result = await change(tx);
    const after = new Set(await openDomains(tx));
    const closed = before.find((domain) => !after.has(domain));
    if (closed !== undefined) throw new DomainError("in_use", { what: "way to sign in", id: closed, usedBy: [`the people of ${closed}, of whom single sign-on is required: change that rule first, or send the domain to another provider`] });
    return result;
  });
}

async function openDomains(tx: Tx): Promise<string[]> {
  return (await tx.ssoDomain.findMany({ where: { verifiedAt: { not: null }, connection: { enabled: true } }, select: { domain: true }, orderBy: { domain: "asc" } })).map(({ domain }) => domain);
}
