import { statfs } from "node:fs/promises";
import { sharedPool } from "@/server/db/client";
import { describeOpenTenantLock } from "@/server/db/tenant-lock";
import { env } from "@/server/env";
import { masterKeyProblem, sealForPerson } from "@/server/secrets/service";
import type { HealthCheck } from "./contract";
import { listenerKinds, UNATTENDED } from "./events";

type Found = Omit<HealthCheck, "name">;

const SLOW_MS = 250;
const SKEW_WARNING_MS = 2_000;
const SKEW_DANGER_MS = 30_000;
const TICK_LATE_SECONDS = 180;
const WORKER_SILENT_SECONDS = 45;
const BACKLOG_SECONDS = 60;
const COUNTED_AT_MOST = 100_000;
const LOW_SHARE = 0.1;
const GIBIBYTE = 1_024 ** 3;

const ok = (says: string): Found => ({ status: "ok", says, advice: "" });
const warning = (says: string, advice: string): Found => ({ status: "warning", says, advice });
const danger = (says: string, advice: string): Found => ({ status: "danger", says, advice });

async function one<Row extends object>(sql: string, values: unknown[] = []): Promise<Row | undefined> {
  return (await sharedPool().query<Row>(sql, values)).rows[0];
}

const CHECKS: Readonly<Record<string, () => Promise<Found>>> = {
  Database: async () => {
    const begun = performance.now();
    await one("SELECT 1");
    const took = Math.round(performance.now() - begun);
    return took > SLOW_MS ? warning(`answers in ${took} ms`, "Look at its load and at the network to it.") : ok(`answers in ${took} ms`);
  },
  Migrations: async () => {
    const row = await one<{ applied: number; open: string | null; last: string | null }>(
      `SELECT count(*) FILTER (WHERE finished_at IS NOT NULL)::int AS applied, max(migration_name) FILTER (WHERE finished_at IS NULL AND rolled_back_at IS NULL) AS open, max(migration_name) AS last FROM _prisma_migrations`,
    );
    return row?.open == null ? ok(`${row?.applied ?? 0} applied, the last ${row?.last ?? "none"}`) : danger(`${row.open} did not end`, "Restore a backup or mend it by hand, then start again.");
  },
  Clock: async () => {
    const before = Date.now();
    const row = await one<{ now: Date }>("SELECT clock_timestamp() AS now");
    const skew = Math.abs((row?.now.getTime() ?? before) - (before + Date.now()) / 2);
    const says = skew < 1_000 ? "agrees with the database's" : `is ${(skew / 1_000).toFixed(1)} s off the database's`;
    if (skew > SKEW_DANGER_MS) return danger(says, "Let both machines keep their time by NTP: sign-in codes and signatures fail.");
    return skew > SKEW_WARNING_MS ? warning(says, "Let both machines keep their time by NTP.") : ok(says);
  },
  Disk: async () => {
    const disk = await statfs(env.MILLRACE_DATA_DIR).catch(() => null);
    if (disk === null) return warning(`${env.MILLRACE_DATA_DIR} cannot be looked at`, "The data folder holds generated keys, and blobs where they are files.");
    const [free, all] = [disk.bavail * disk.bsize, disk.blocks * disk.bsize];
    const says = `${(free / GIBIBYTE).toFixed(1)} of ${(all / GIBIBYTE).toFixed(1)} GB free for ${env.BLOB_STORE === "file" ? "blobs and keys" : "the data folder"}`;
    if (free < GIBIBYTE) return danger(says, "Make room, or keep less (Settings > Retention of the workspaces).");
    return free < all * LOW_SHARE ? warning(says, "Make room before it is full.") : ok(says);
  },
  Scheduler: async () => {
    const row = await one<{ seconds: number; note: string | null }>("SELECT extract(epoch FROM clock_timestamp() - at)::float8 AS seconds, note FROM installation_mark WHERE name = 'tick'");
    if (row === undefined) return warning("has not had a turn yet", "npm start calls it by itself; elsewhere something has to POST /api/cron every second.");
    if (row.seconds > TICK_LATE_SECONDS) return danger(`had its last turn ${Math.round(row.seconds / 60)} minutes ago`, "Nothing is fired, sealed or cleaned up. See what calls /api/cron.");
    return row.note === null ? ok(`had its last turn ${Math.round(row.seconds)} s ago`) : warning(`failed in part: ${row.note}`, "The next turn tries again; look into the log of the web process.");
  },
  Workers: async () => {
    const row = await one<{ alive: number; versions: string[] }>(
      `SELECT count(*)::int AS alive, coalesce(array_agg(DISTINCT version), '{}') AS versions FROM worker WHERE state = 'active' AND lost_at IS NULL AND drain_requested_at IS NULL AND heartbeat_at > clock_timestamp() - make_interval(secs => ${WORKER_SILENT_SECONDS})`,
    );
    const { alive, versions } = row ?? { alive: 0, versions: [] };
    if (alive === 0) return danger("none is alive", "Runs wait in the queue. Start one: npm start, or npm run start:worker.");
    return versions.length > 1 ? warning(`${alive} alive, of the versions ${versions.join(" and ")}`, "Bring all to the same version.") : ok(`${alive} alive`);
  },
  "Event inbox": async () => {
    const row = await one<{ due: number; seconds: number | null }>(
      `SELECT count(*)::int AS due, extract(epoch FROM clock_timestamp() - min(due_at))::float8 AS seconds FROM (SELECT due_at FROM trigger_event WHERE status = 'received' AND due_at <= (SELECT clock_timestamp()) ORDER BY due_at LIMIT ${COUNTED_AT_MOST}) e`,
    );
    const { due, seconds } = row ?? { due: 0, seconds: null };
    const says = due === 0 ? "is empty" : `holds ${due} that are due, the oldest for ${Math.round(seconds ?? 0)} s`;
    return (seconds ?? 0) > BACKLOG_SECONDS ? warning(says, "Events come in faster than they become runs, or no worker is there: see Schedules and events, and Workers.") : ok(says);
  },
  Listeners: async () => {
    const row = await one<{ unattended: number; failing: number }>(`SELECT (SELECT count(*)::int ${UNATTENDED}) AS unattended,
      (SELECT count(*)::int FROM trigger t WHERE t.kind = ANY ($1) AND t.mode = 'enabled' AND t.retired_at IS NULL AND NOT t.dormant AND t.error IS NOT NULL) AS failing`, [listenerKinds()]);
    const { unattended, failing } = row ?? { unattended: 0, failing: 0 };
    if (unattended > 0) return danger(`${unattended} ${unattended === 1 ? "is" : "are"} held by no process`, "What comes for them is not heard. See whether workers are alive, and start them again.");
    return failing === 0 ? ok("all listen") : warning(`${failing} ${failing === 1 ? "has" : "have"} an error`, "Each says why on the page of its workspace; see Schedules and events.");
  },
  Mail: () => Promise.resolve(env.SMTP_URL === undefined ? warning("is not set up", "Without SMTP_URL nobody gets links to sign in, resets or invitations by mail.") : ok(`goes out by ${new URL(env.SMTP_URL).host}`)),
  "Master key": async () => {
    const problem = masterKeyProblem();
    if (problem !== null) return warning("the changed file is not in use yet", `${problem} The keys from before go on.`);
    const { masterKeyId } = sealForPerson(Buffer.from("health"), "health");
    const row = await one<{ other: number }>("SELECT count(*)::int AS other FROM data_key WHERE master_key_id <> $1", [masterKeyId]);
    return (row?.other ?? 0) === 0 ? ok(`opens all data keys (${masterKeyId})`) : warning(`${row?.other} data keys are under another one`, "Finish the rotation (docs/secrets.md), and keep a copy of the present key.");
  },
  "Row-level security": async () => {
    const open = await describeOpenTenantLock();
    return open === null ? ok("is the last lock between workspaces") : warning("is not in force for every role", open);
  },
  "Audit streams": async () => {
    const row = await one<{ failing: number; all: number }>("SELECT count(*) FILTER (WHERE enabled AND failing_since IS NOT NULL)::int AS failing, count(*)::int AS all FROM audit_stream");
    return (row?.failing ?? 0) === 0 ? ok(row?.all === 0 ? "none is set up" : `${row?.all} deliver`) : warning(`${row?.failing} of ${row?.all} fail`, "Each says why on its page; nothing is lost, and retention waits for them.");
  },
};

/** One that fails says so, and stops none of the others. */
export function checkHealth(): Promise<HealthCheck[]> {
  return Promise.all(
    Object.entries(CHECKS).map(async ([name, check]) => {
      const found = await check().catch((error: unknown) => danger("could not be checked", error instanceof Error ? error.message : String(error)));
      return { name, ...found };
    }),
  );
}
