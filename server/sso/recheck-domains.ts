import { Resolver } from "node:dns/promises";
import type { SsoDomain } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { openSystemOrganizationScope } from "@/server/auth/organization-scope";
import { sharedPool } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { GRACE_DAYS, LEAST_MISSES } from "./constants";
import { lookUp, recordOf, resourceOf, type TxtResolver } from "./domains";
import { tellOrganization } from "./tell";

const CHECK_EVERY_HOURS = 24;
const AT_ONCE = 20;
const resolver = new Resolver({ timeout: 3_000, tries: 2 });

type Checked = Pick<SsoDomain, "id" | "organizationId" | "domain" | "token" | "missingSince" | "mayLapse"> & { isOver: boolean; isRouted: boolean };

// Taken by being marked as looked at: two ticks ask for none twice.
const TAKE = `
UPDATE sso_domain SET checked_at = clock_timestamp() WHERE id IN (
  SELECT d.id FROM sso_domain d JOIN organization o ON o.id = d.organization_id AND o.deleted_at IS NULL
  WHERE d.verified_at IS NOT NULL AND d.checked_at < clock_timestamp() - interval '${CHECK_EVERY_HOURS} hours' ORDER BY d.checked_at LIMIT ${AT_ONCE} FOR UPDATE OF d SKIP LOCKED)
RETURNING id::text, organization_id::text AS "organizationId", domain, token, missing_since AS "missingSince", may_lapse AS "mayLapse", coalesce(may_lapse AND misses + 1 >= ${LEAST_MISSES} AND missing_since < clock_timestamp() - interval '${GRACE_DAYS} days', false) AS "isOver",
  EXISTS (SELECT FROM sso_connection c WHERE c.id = connection_id AND c.enabled) AS "isRouted"`;

/**
 * Whoever gives a domain up does not say so: each verified one is asked for its record once a day. Without it for some days it counts as
 * proved no more: its provider signs in nobody, and people of whom single sign-on is required wait until somebody decides. A name server that
 * does not answer says nothing either way.
 */
export async function recheckDomains(resolve: TxtResolver = (name) => resolver.resolveTxt(name)): Promise<number> {
  const { rows } = await sharedPool().query<Checked>({ name: "sso-domain-check", text: TAKE });
  await Promise.all(rows.map((row) => recheck(row, resolve)));
  return rows.length;
}

async function recheck(row: Checked, resolve: TxtResolver): Promise<void> {
  const { name, value } = recordOf(row);
  const found = await lookUp(name, resolve).catch((error: unknown) => {
    if (error instanceof DomainError) return null;
    throw error;
  });
  if (found === null) return;
  const isThere = found.includes(value);
  if (isThere && row.missingSince === null) return;
  const wasLost = !isThere && row.isOver;
  if (!isThere && !wasLost && row.missingSince !== null) {
    await sharedPool().query("update sso_domain set misses = misses + 1 where id = $1", [row.id]);
    return;
  }
  // Told first, so that nothing changes unheard: whoever dies in between tells twice.
  if (!isThere) await tell(row, wasLost);
  const organization = await openSystemOrganizationScope(row.organizationId);
  await organization.db.transaction(async (tx) => {
    const data = isThere ? { missingSince: null, misses: 0 } : wasLost ? { verifiedAt: null, missingSince: null, misses: 0, lapsedAt: row.isRouted ? new Date() : null } : { missingSince: new Date(), misses: 1 };
    const { count } = await tx.ssoDomain.updateMany({ where: { id: row.id, verifiedAt: { not: null } }, data });
    const action = isThere ? "domain.found_again" : wasLost ? "domain.lost" : "domain.missing";
    if (count > 0) await recordAudit(tx, organization, { action, resource: resourceOf(row) });
  });
}

async function tell({ id, organizationId, domain, missingSince, token, mayLapse, isRouted }: Checked, wasLost: boolean): Promise<void> {
  const { name, value } = recordOf({ domain, token });
  const title = wasLost ? `${domain} does not count as yours any more` : `The record that proves ${domain} is gone`;
  const text = wasLost
    ? `Its TXT record ${name} has been missing for ${GRACE_DAYS} days. ${isRouted ? "The provider signs in nobody with its addresses any more, and where single sign-on is required, they cannot sign in. " : ""}Put it back and check it in the settings, or remove the domain.`
    : `There is no TXT record ${name} with the value ${value} any more. ${mayLapse ? `In ${GRACE_DAYS} days the domain stops counting as yours, and its people no longer sign in by your provider.` : "Put it back: whoever has the domain can prove that by it."}`;
  const day = (missingSince ?? new Date()).toISOString().slice(0, 10);
  const event = `domain.${wasLost ? "lost" : "missing"}`;
  await tellOrganization({ organizationId, key: `${event} ${id} ${day}`, event, severity: wasLost ? "error" : "warning", title, text, about: domain });
}
