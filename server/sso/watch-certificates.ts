import { sharedPool } from "@/server/db/client";
import { viewCertificate } from "./certificate";
import { tellOrganization } from "./tell";

const CHECK_EVERY_HOURS = 24;
const AT_ONCE = 50;
const DAY_MS = 86_400_000;
/** So long before the last certificate of a provider runs out those hear of it who can put the next one in. */
const WARNED_DAYS = 30;

interface Checked {
  id: string;
  organizationId: string;
  name: string;
  certificates: string[];
  /** As of the look before. */
  checkedAt: Date | null;
}

// Taken by being marked as looked at: two ticks ask for none twice.
const TAKE = `
WITH due AS (
  SELECT c.id, c.certificates_checked_at FROM sso_connection c JOIN organization o ON o.id = c.organization_id AND o.deleted_at IS NULL
  WHERE c.enabled AND c.kind = 'saml' AND coalesce(c.certificates_checked_at < $1::timestamptz - interval '${CHECK_EVERY_HOURS} hours', true)
  ORDER BY c.certificates_checked_at NULLS FIRST, c.id LIMIT ${AT_ONCE} FOR UPDATE OF c SKIP LOCKED)
UPDATE sso_connection c SET certificates_checked_at = $1 FROM due WHERE c.id = due.id
RETURNING c.id::text, c.organization_id::text AS "organizationId", c.name, c.certificates, due.certificates_checked_at AS "checkedAt"`;

const LOOK_AGAIN = "UPDATE sso_connection SET certificates_checked_at = $2 WHERE id = $1 AND certificates_checked_at = $3";

/** Once a day: whether there is still a certificate that holds for a while. One that cannot be told of is looked at again, and keeps no other from it. */
export async function watchCertificates(now = new Date()): Promise<number> {
  const { rows } = await sharedPool().query<Checked>({ name: "sso-certificates", text: TAKE, values: [now] });
  const failures: unknown[] = [];
  for (const row of rows) {
    await tell(row, now).catch(async (error: unknown) => {
      failures.push(error);
      await sharedPool().query(LOOK_AGAIN, [row.id, row.checkedAt, now]);
    });
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${rows.length} connections could not be looked at`);
  return rows.length;
}

type Stage = "holds" | "expiring" | "expired";

function stageAt(until: Date, at: Date): Stage {
  if (until <= at) return "expired";
  return until.getTime() - at.getTime() > WARNED_DAYS * DAY_MS ? "holds" : "expiring";
}

async function tell({ id, organizationId, name, certificates, checkedAt }: Checked, now: Date): Promise<void> {
  const ends = certificates.map((pem) => Date.parse(viewCertificate(pem).validUntil));
  if (ends.length === 0) return;
  const until = new Date(Math.max(...ends));
  const stage = stageAt(until, now);
  if (stage === "holds") return;
  const day = until.toISOString().slice(0, "2026-01-01".length);
  const isOver = stage === "expired";
  await tellOrganization({
    organizationId, about: name, mails: checkedAt === null || stageAt(until, checkedAt) !== stage,
    key: `certificate.${stage} ${id} ${day}`, event: `certificate.${stage}`, severity: isOver ? "error" : "warning",
    title: isOver ? `The last certificate of ${name} has run out` : `The last certificate of ${name} runs out on ${day}`,
    text: "Read the metadata of the provider again in the settings, or put its next certificate beside this one: both hold until you take one out.",
  });
}
