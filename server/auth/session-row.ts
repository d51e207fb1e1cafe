import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { accessAsJson, type AccessJson } from "./access";
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
  /** To the workspace that was named, if one was. */
  access?: AccessJson | null;
}

/** One look at every request: the session, the person, the factors they have, and what their organizations ask for. */
const READ = (where: string, more = "") => `
  SELECT s.id, s.user_id AS "userId", u.email, coalesce(u.name, u.email) AS name, s.method, s.sso_organization_id AS "ssoOrganizationId",
    s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.authenticated_at AS "authenticatedAt", s.second_factor_at AS "secondFactorAt",
    EXISTS (SELECT FROM totp_factor t WHERE t.user_id = s.user_id AND t.confirmed_at IS NOT NULL) AS "hasTotp",
    EXISTS (SELECT FROM passkey k WHERE k.user_id = s.user_id) AS "hasPasskey",
    p.*${more}
  FROM session s
  JOIN user_account u ON u.id = s.user_id
  CROSS JOIN LATERAL ${policySql({ person: "s.user_id", email: "u.email", method: "s.method", ssoOrganization: "s.sso_organization_id" })} p
  WHERE ${where} AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL`;

const BY_TOKEN = READ("s.token_hash = $1");
const BY_TOKEN_WITH_ACCESS = READ("s.token_hash = $1", `, ${accessAsJson("s.user_id", "$2")} AS access`);

/** With the person's access to the workspace of a slug, if one is named. */
export async function readSession(tokenHash: Buffer, workspace: string | null): Promise<SessionRow | null> {
  const query = workspace === null ? { name: "session", text: BY_TOKEN, values: [tokenHash] } : { name: "session-and-access", text: BY_TOKEN_WITH_ACCESS, values: [tokenHash, workspace] };
  const { rows: [row] } = await sharedPool().query<SessionRow>(query);
  return row ?? null;
}

/** As it would be once the transaction is done. */
export async function readSessionWithin(tx: Tx, sessionId: string): Promise<SessionRow | null> {
  const [row] = await tx.$queryRawUnsafe<SessionRow[]>(READ("s.id = $1::uuid"), sessionId);
  return row ?? null;
}
