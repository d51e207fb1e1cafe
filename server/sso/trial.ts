import type { SsoAttempt, SsoConnection } from "@/prisma/generated/client";
import { normalizeEmail } from "@/server/auth/email-address";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { mappingSchema, type Trial, trialSchema } from "./contract";
import { ownsDomainOf } from "./domains";
import { effectsOf, type ProviderIdentity } from "./mapping";
import { SsoRefused } from "./refusal";

const NOTHING: Trial = { problem: null, claims: {}, subject: null, email: null, name: null, groups: [], role: null, joins: [] };

/** What a trial found, or why it failed. */
export async function tryOut(connection: SsoConnection, find: () => Promise<ProviderIdentity>): Promise<Trial> {
  return find().then(
    (identity) => describe(connection, identity),
    (error: unknown) => {
      if (error instanceof SsoRefused) return { ...NOTHING, problem: error.reason };
      throw error;
    },
  );
}

/** For the page of whoever began it. */
export async function keepTrial(connection: SsoConnection, attempt: Pick<SsoAttempt, "hash">, find: () => Promise<ProviderIdentity>): Promise<void> {
  const found = await tryOut(connection, find);
  await rawDb().ssoAttempt.update({ where: { hash: attempt.hash }, data: { found: JSON.parse(JSON.stringify(found)) as object } });
}

async function describe(connection: SsoConnection, { subject, email, name, groups, claims, emailUnverified }: ProviderIdentity): Promise<Trial> {
  const effects = effectsOf(groups, mappingSchema.parse(connection.mapping), connection.defaultRole === "admin" ? "admin" : "member");
  const joins = await rawDb().personGroup.findMany({ where: { organizationId: connection.organizationId, id: { in: effects.groupIds } }, orderBy: { name: "asc" } });
  const problem = await objectionTo(connection.organizationId, email, emailUnverified);
  return { problem, claims: trialSchema.shape.claims.parse(JSON.parse(JSON.stringify(claims))), subject, email, name, groups, role: effects.role, joins: joins.map((group) => group.name) };
}

async function objectionTo(organizationId: string, email: string | null, emailUnverified: boolean): Promise<string | null> {
  const usable = email === null ? null : normalizeEmail(email);
  if (usable === null) return "The provider names no e-mail address that can be used.";
  if (emailUnverified) return `The provider says that it has not verified ${usable}.`;
  return (await ownsDomainOf(rawDb(), organizationId, usable)) ? null : `${usable} is in none of the verified domains: such a person is not signed in.`;
}

/** For the person who made it, of the organization, once the answer came in their own browser. */
export async function viewTrial({ organization }: { organization: OrganizationScope }, { testId }: { testId: string }): Promise<Trial> {
  const attempt = await rawDb().ssoAttempt.findFirst({ where: { testId, testerId: organization.userId ?? "", takenAt: { not: null }, connection: { organizationId: organization.organizationId } } });
  if (attempt === null || attempt.found === null) throw new DomainError("not_found", { what: "trial", id: testId });
  return trialSchema.parse(attempt.found);
}
