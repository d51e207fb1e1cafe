import { removeOldAuditEvents, sealAuditEvents } from "@/server/audit-chain/service";
import { deliverSignInMails } from "@/server/auth/mail/deliver";
import { sweepAttempts } from "@/server/auth/rate-limit";
import { sweepBlobs } from "@/server/blobs/service";
import { createPool, sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { followRuns, sweepFacts } from "@/server/facts/service";
import { sweepUnknownCalls } from "@/server/triggers/service";
import { sweepDataKeys } from "@/server/key-rotation/service";
import { purgeOrganizations, purgeWorkspaces } from "@/server/organizations/service";
import { endAbandonedRuns } from "@/server/queue/abandoned-pools";
import { recheckDomains, watchCertificates } from "@/server/sso/service";
import { collectUsage, judgeQuotas } from "@/server/usage/service";

/** Sign-in data that is over is kept so long for those who look into what happened. */
const KEEP_ENDED_DAYS = 30;
const SILENT_WORKER_DAYS = 7;

const TASKS = {
  runsIndexed: followRuns,
  usage: collectUsage,
  quotas: judgeQuotas,
  auditSealed: () => sealAuditEvents(),
  auditRemoved: removeOldAuditEvents,
  attempts: sweepAttempts,
  signInMails: deliverSignInMails,
  signInMailsDone: () => remove("delete from sign_in_mail where done_at < now() - make_interval(days => $1)", KEEP_ENDED_DAYS),
  signInChallenges: () => remove("delete from sign_in_challenge where expires_at < now()"),
  ssoAttempts: () => remove("delete from sso_attempt where expires_at < now()"),
  ssoDomains: () => recheckDomains(),
  ssoCertificates: () => watchCertificates(),
  ssoSeen: () => remove("delete from sso_seen where expires_at < now()"),
  emailChanges: () => remove("delete from email_change where expires_at < now()"),
  sessions: () => remove("delete from session where coalesce(revoked_at, expires_at) < now() - make_interval(days => $1)", KEEP_ENDED_DAYS),
  signInLinks: () => remove("delete from sign_in_link where expires_at < now() - make_interval(days => $1)", KEEP_ENDED_DAYS),
  // A day longer: a refresh token that comes again is known for one.
  // Longer yet while links live that were made with it: they end with a token that was revoked.
  fetchedTokens: () => remove(`delete from api_token t where kind <> 'token' and expires_at < now() - interval '1 day'
    and not exists (select from share_link l where l.made_by_token_id = t.id and l.revoked_at is null and l.expires_at > now())
    and not exists (select from wait_link l where l.made_by_token_id = t.id and l.used_at is null and (l.expires_at is null or l.expires_at > now()))`),
  runTokens: () => remove("delete from run_token where expires_at < now()"),
  stepCache: () => remove("delete from step_cache where expires_at < now()"),
  limits: () => remove("delete from flow_window where expires_at < now()"),
  debounces: () => remove("delete from flow_debounce d where not exists (select from run_queue q where q.run_id = d.run_id)"),
  stepTurns: () => remove("delete from step_turn t where not exists (select from run_queue q where q.run_id = t.run_id)"),
  bulkJobs: () => remove("delete from bulk_job where ended_at < now() - make_interval(days => $1)", KEEP_ENDED_DAYS),
  abandonedRuns: endAbandonedRuns,
  workers: () => remove("delete from worker where heartbeat_at < now() - make_interval(days => $1)", SILENT_WORKER_DAYS),
  blobs: sweepBlobs,
  facts: sweepFacts,
  unknownCalls: sweepUnknownCalls,
  dataKeys: sweepDataKeys,
  workspaces: purgeWorkspaces,
  organizations: purgeOrganizations,
} as const satisfies Record<string, () => Promise<number>>;

export type TickReport = { [Task in keyof typeof TASKS]: number | { error: string } };

const TICK_LOCK = 72_707_371;

/**
 * What has to happen from time to time. Each task on its own: one that fails stops none of the others. Null: another tick is at it. The lock is
 * that of a connection: past the pooler, which would take and give it back on different ones.
 */
export async function tick(): Promise<TickReport | null> {
  const own = createPool({ max: 1, url: env.DATABASE_DIRECT_URL, name: "millrace tick" });
  const client = await own.connect().catch(async (error: unknown) => {
    await own.end();
    throw error;
  });
  try {
    const { rows } = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [TICK_LOCK]);
    if (rows[0]?.mine !== true) return null;
    const report: Record<string, number | { error: string }> = {};
    for (const [name, task] of Object.entries(TASKS)) report[name] = await task().catch((error: unknown) => ({ error: (error as Error).message }));
    await client.query("insert into installation_mark (name, note) values ('tick', $1) on conflict (name) do update set at = now(), note = excluded.note", [failuresIn(report)]);
    await client.query("select pg_advisory_unlock($1)", [TICK_LOCK]);
    return report as TickReport;
  } finally {
    // A lock that was not given back goes with its connection.
    client.release(true);
    await own.end();
  }
}

/** For whoever looks at the health of the installation: what went wrong in this turn. */
function failuresIn(report: Record<string, number | { error: string }>): string | null {
  const failures = Object.entries(report).flatMap(([name, outcome]) => (typeof outcome === "number" ? [] : [`${name}: ${outcome.error}`]));
  return failures.length === 0 ? null : failures.join("; ").slice(0, 1_000);
}

/** Callers may come every second; this process looks after the house once a minute. */
const TICK_EVERY_MS = 60_000;
let tickedAt = -Infinity;

export async function tickSometimes(): Promise<TickReport | null> {
  if (performance.now() - tickedAt < TICK_EVERY_MS) return null;
  tickedAt = performance.now();
  return tick();
}

async function remove(sql: string, ...values: unknown[]): Promise<number> {
  const { rowCount } = await sharedPool().query(sql, values);
  return rowCount ?? 0;
}
