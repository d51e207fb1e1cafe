// Ten thousand schedules of which one in a hundred is due each second: how long a tick takes, and how late slots become runs.
import { setTimeout as pause } from "node:timers/promises";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";
import { percentile } from "@/bench/millrace/rounds";
import { fireSchedules } from "@/server/triggers/service";
import { atMost, type Figure } from "@/bench/workload";

const SCHEDULES = 10_000;
/** Seconds between two slots of one schedule. */
const EVERY = 100;
const WARM_TICKS = 5;
const TICKS = 60;
const SECOND_MS = 1_000;
const AIM_TICK_MS = 200;

const installation = await Installation.open();
const workflow = await installation.publish("scheduled", chainOfSteps(1));
await installation.pool.query(
  `INSERT INTO trigger (id, workspace_id, workflow_id, name, kind, config, next_fire_at, updated_at)
   SELECT gen_random_uuid(), $1, $2, 'every ' || n, 'schedule',
     json_build_object('timing', json_build_object('type', 'every', 'seconds', $3::int, 'from', to_char(to_timestamp(n % $3) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))),
     to_timestamp(ceil(extract(epoch FROM clock_timestamp()) / $3) * $3 + n % $3), now() FROM generate_series(1, $4::int) AS n`,
  [installation.workspaceId, workflow.id, EVERY, SCHEDULES],
);
await installation.pool.query("UPDATE trigger SET next_fire_at = next_fire_at - make_interval(secs => $1) WHERE next_fire_at - make_interval(secs => $1) > clock_timestamp()", [EVERY]);
await installation.pool.query("ANALYZE trigger");
const worker = installation.startWorker();

const ticks: number[] = [];
let fired = 0;
for (let tick = 0; tick < WARM_TICKS + TICKS; tick++) {
  // On the second, as the supervisor ticks.
  await pause(SECOND_MS - (Date.now() % SECOND_MS));
  const begun = performance.now();
  const { started, missed } = await fireSchedules();
  if (missed > 0) throw new Error(`${missed} slots were missed`);
  if (tick < WARM_TICKS) continue;
  ticks.push(performance.now() - begun);
  fired += started;
}
await worker.stop();
const { rows } = await installation.pool.query<{ recorded: number; enqueued: number; twice: number; slots: number }>(
  `WITH late AS (
     SELECT e.received_at - (e.meta->>'slot')::timestamptz AS recorded, r.created_at - (e.meta->>'slot')::timestamptz AS enqueued
     FROM trigger_event e JOIN run r ON r.id = e.run_id WHERE e.received_at > clock_timestamp() - make_interval(secs => $1))
   SELECT (extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY recorded)) * 1000)::float8 AS recorded,
     (extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY enqueued)) * 1000)::float8 AS enqueued, count(*)::int AS slots,
     (SELECT count(*) FROM (SELECT FROM trigger_event GROUP BY trigger_id, meta->>'slot' HAVING count(*) > 1) t)::int AS twice FROM late`,
  [TICKS],
);
const { recorded, enqueued, twice } = rows[0]!;
if (twice > 0) throw new Error(`${twice} slots fired twice`);
const [median, p99] = [percentile(ticks, 0.5), percentile(ticks, 0.99)];
const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "schedules", measure, value, unit });
await installation.finish([
  figure(`${SCHEDULES.toLocaleString("en-US")} schedules: slots fired each second`, fired / TICKS, "slots/s"),
  { ...figure("tick, median", median, "ms"), aim: atMost(median, AIM_TICK_MS, "ms") },
  { ...figure("tick, p99", p99, "ms"), aim: atMost(p99, AIM_TICK_MS, "ms") },
  figure("from slot to recorded event, p99", recorded, "ms"),
  { ...figure("from slot to queued run, p99", enqueued, "ms"), aim: atMost(enqueued, SECOND_MS, "ms") },
]);
