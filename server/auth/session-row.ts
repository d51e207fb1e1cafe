import { sharedPool } from "@/server/db/client";
import { type Policy, policySql } from "./policy";

export interface SessionRow extends Policy {
  id: string;
  userId: string;
  email: string;
  name: string;
  method: string;
  ssoOrganizationId: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  authenticatedAt: Date;
  secondFactorAt: Date | null;
  hasTotp: boolean;
  hasPasskey: boolean;
}

/** One look at every request: the session, the person, the factors they have, and what their organizations ask for. */
const READ = `
  SELECT s.id, s.user_id AS "userId", u.email, coalesce(u.name, u.email) AS name, s.method, s.sso_organization_id AS "ssoOrganizationId",
    s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.authenticated_at AS "authenticatedAt", s.second_factor_at AS "secondFactorAt",
    EXISTS (SELECT FROM totp_factor t WHERE t.user_id = s.user_id AND t.confirmed_at IS NOT NULL) AS "hasTotp",
    EXISTS (SELECT FROM passkey k WHERE k.user_id = s.user_id) AS "hasPasskey",
    p.*
  FROM session s
  JOIN user_account u ON u.id = s.user_id
  CROSS JOIN LATERAL ${policySql("s.user_id")} p
  WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL`;

export async function readSession(tokenHash: Buffer): Promise<SessionRow | null> {
  const { rows: [row] } = await sharedPool().query<SessionRow>({ name: "session", text: READ, values: [tokenHash] });
  return row ?? null;
}
