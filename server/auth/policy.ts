import { sharedPool } from "@/server/db/client";

/** What the organizations of a person ask of their sign-in, taken together. */
export interface Policy {
  secondFactorRequired: boolean;
  ssoRequired: boolean;
  idleMinutes: number | null;
  maxMinutes: number | null;
}

/**
 * For `CROSS JOIN LATERAL`. Owners come in without single sign-on too, so that a broken provider locks nobody out for good.
 * `person` is an SQL expression of ours.
 */
export const policySql = (person: string) => `(
    SELECT coalesce(bool_or(o.second_factor_required), false) AS "secondFactorRequired",
      coalesce(bool_or(o.sso_required AND m.role <> 'owner'), false) AS "ssoRequired",
      min(o.session_idle_minutes) AS "idleMinutes", min(o.session_max_minutes) AS "maxMinutes"
    FROM organization_member m JOIN organization o ON o.id = m.organization_id
    WHERE m.user_id = ${person} AND o.deleted_at IS NULL
  )`;

export async function policyOf(userId: string): Promise<Policy> {
  const { rows: [row] } = await sharedPool().query<Policy>({ name: "policy-of-person", text: `SELECT p.* FROM ${policySql("$1::uuid")} p`, values: [userId] });
  return row!;
}
