import { sharedPool } from "@/server/db/client";

/** What the organizations of a person ask of one sign-in of theirs, taken together. */
export interface Policy {
  secondFactorRequired: boolean;
  /** An organization that owns the domain of the address wants its own sign-in, and this one was not it. */
  ssoRequired: boolean;
  /** An organization does not allow the way in which they came. */
  methodRefused: boolean;
  /** There are organizations besides the one whose provider signed them in. */
  hasOthers: boolean;
  idleMinutes: number | null;
  maxMinutes: number | null;
}

/** SQL expressions of ours. */
interface SignInSql {
  person: string;
  email: string;
  method: string;
  ssoOrganization: string;
  /** Whether factors of theirs count. */
  factors?: string;
}

/** The address is in a domain of the organization that leads to its provider, or that lapsed. */
function belongsToProvider(organization: string, email: string): string {
  return `EXISTS (SELECT FROM sso_domain d WHERE d.organization_id = ${organization}.id AND d.domain = split_part(${email}, '@', 2)
    AND (d.lapsed_at IS NOT NULL OR (d.verified_at IS NOT NULL AND EXISTS (SELECT FROM sso_connection c WHERE c.id = d.connection_id AND c.enabled))))`;
}

/**
 * For `CROSS JOIN LATERAL`. An organization's provider stands in for its own rules and for nobody else's: the others ask for a factor
 * of the person's own. Owners who have a second factor come in by any way and show it, so that a broken provider locks
 * nobody out for good. Whose address is in no verified domain of the organization, or in one that leads to no provider that is on, cannot come
 * by its provider, and need not; whose domain lapsed comes by nothing else either: somebody else may have the mailbox by now.
 */
export const policySql = ({ person, email, method, ssoOrganization, factors = "true" }: SignInSql) => `(
    SELECT coalesce(bool_or(asks.factor OR (m.role = 'owner' AND (asks.sso OR asks.other_way))), false) AS "secondFactorRequired",
      coalesce(bool_or(asks.sso AND NOT (m.role = 'owner' AND asks.has_factor)), false) AS "ssoRequired",
      coalesce(bool_or(asks.other_way AND NOT (m.role = 'owner' AND asks.has_factor)), false) AS "methodRefused",
      coalesce(bool_or(NOT asks.is_own), false) AS "hasOthers",
      min(o.session_idle_minutes) AS "idleMinutes", min(o.session_max_minutes) AS "maxMinutes"
    FROM organization_member m
    JOIN organization o ON o.id = m.organization_id
    CROSS JOIN LATERAL (SELECT ${method} = 'sso' AND o.id IS NOT DISTINCT FROM ${ssoOrganization} AS is_own) way
    CROSS JOIN LATERAL (
      SELECT way.is_own, NOT way.is_own AND (o.second_factor_required OR (${method} = 'sso' AND cardinality(o.sign_in_methods) > 0)) AS factor,
        o.sso_required AND o.id IS DISTINCT FROM ${ssoOrganization} AND ${belongsToProvider("o", email)} AS sso,
        cardinality(o.sign_in_methods) > 0 AND ${method} <> 'sso' AND NOT ${method} = ANY (o.sign_in_methods) AS other_way,
        ${factors} AND (EXISTS (SELECT FROM totp_factor t WHERE t.user_id = ${person} AND t.confirmed_at IS NOT NULL) OR EXISTS (SELECT FROM passkey k WHERE k.user_id = ${person})) AS has_factor
    ) asks
    WHERE m.user_id = ${person} AND o.deleted_at IS NULL
  )`;

const TAKES_PASSWORD = `SELECT (cardinality(o.sign_in_methods) = 0 OR 'password' = ANY (o.sign_in_methods)) AND NOT (o.sso_required AND ${belongsToProvider("o", "$2::text")}) AS takes FROM organization o WHERE o.id = $1`;

/** Whether somebody new with this address comes into the organization by a password. */
export async function takesPassword(organizationId: string, email: string): Promise<boolean> {
  const { rows: [row] } = await sharedPool().query<{ takes: boolean }>(TAKES_PASSWORD, [organizationId, email]);
  return row?.takes ?? false;
}

const OF_PERSON = `SELECT p.* FROM user_account u CROSS JOIN LATERAL ${policySql({ person: "u.id", email: "u.email", method: "$2::text", ssoOrganization: "$3::uuid", factors: "$4::boolean" })} p WHERE u.id = $1`;

/** For somebody who comes, or came, in this way; `factors`: false as if they had no second factor. */
export async function policyOf(userId: string, { method, ssoOrganizationId = null, factors = true }: { method: string; ssoOrganizationId?: string | null; factors?: boolean }): Promise<Policy> {
  const { rows: [row] } = await sharedPool().query<Policy>({ name: "policy-of-person", text: OF_PERSON, values: [userId, method, ssoOrganizationId, factors] });
  return row!;
}

/**
 * Whether they would still be let in so once the account opens by nothing of before. Where they would not (owners whom their second factor lets in
 * past a rule), a link leaves the account as it is, not proven: with what it has they come in, or somebody else does not.
 */
export async function letsInWithoutFactors(userId: string, method: string): Promise<boolean> {
  const { ssoRequired, methodRefused } = await policyOf(userId, { method, factors: false });
  return !ssoRequired && !methodRefused;
}
