import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { type OwnSignInMethod, SIGN_IN_METHODS } from "./constants";
import { canSendMail } from "./mail/queue";
import { policyOf } from "./policy";

/** Whether `u` can come in by a method `m`; links come by mail. */
const HAS = `CASE m WHEN 'password' THEN u.password_hash IS NOT NULL WHEN 'passkey' THEN EXISTS (SELECT FROM passkey k WHERE k.user_id = u.id)
  WHEN 'link' THEN $2::boolean ELSE EXISTS (SELECT FROM linked_account l WHERE l.user_id = u.id AND l.provider = m) END`;

const OF_PERSON = `
SELECT m AS method, ${HAS} AS has FROM user_account u CROSS JOIN unnest($3::text[]) m
WHERE u.id = $1 AND NOT EXISTS (
  SELECT FROM organization_member om JOIN organization o ON o.id = om.organization_id
  WHERE om.user_id = u.id AND o.deleted_at IS NULL AND cardinality(o.sign_in_methods) > 0 AND NOT m = ANY (o.sign_in_methods))`;

interface OtherWays {
  /** What all of their organizations allow. */
  allowed: OwnSignInMethod[];
  /** What of it they lack: nothing, as long as they have one. */
  missing: OwnSignInMethod[];
}

/** What may add a way: who has the mailbox of the account (or a link of the machine), whom an owner has just invited. A way that is refused may be refused because others know it. */
const VOUCHES = new Set(["link", "invitation"]);

export const mayComeToAdd = (method: string) => VOUCHES.has(method);

export async function otherWaysOf(userId: string): Promise<OtherWays> {
  const { rows } = await sharedPool().query<{ method: OwnSignInMethod; has: boolean }>(OF_PERSON, [userId, canSendMail(), SIGN_IN_METHODS]);
  const allowed = rows.map(({ method }) => method);
  return { allowed, missing: rows.some(({ has }) => has) ? [] : allowed };
}

interface Came {
  userId: string;
  /** How they came in. */
  method: string;
}

/** Whoever has none of the ways that their organizations allow adds one of them, which is all that they can do: a rule would shut out for good whoever had none before it, and everybody new. */
export async function mayAdd({ userId, method }: Came, way: OwnSignInMethod): Promise<boolean> {
  return mayComeToAdd(method) && (await otherWaysOf(userId)).missing.includes(way);
}

/** Whether a link lets them in so far as to add a way. */
export async function linkLetsAdd(userId: string): Promise<boolean> {
  const { ssoRequired, methodRefused } = await policyOf(userId, { method: "link" });
  return !ssoRequired && methodRefused && (await otherWaysOf(userId)).missing.length > 0;
}

/** How many people of an organization have which ways, besides its own single sign-on. */
export function countByWays(tx: Tx, organizationId: string): Promise<{ ways: OwnSignInMethod[]; people: number }[]> {
  const text = `SELECT ways, count(*)::int AS people FROM (
    SELECT ARRAY(SELECT m FROM unnest($3::text[]) WITH ORDINALITY AS w(m, place) WHERE ${HAS} ORDER BY place) AS ways
    FROM organization_member om JOIN user_account u ON u.id = om.user_id AND u.disabled_at IS NULL WHERE om.organization_id = $1) p
  GROUP BY ways ORDER BY ways`;
  return tx.$queryRawUnsafe(text.replaceAll("$1", "$1::uuid"), organizationId, canSendMail(), SIGN_IN_METHODS);
}
