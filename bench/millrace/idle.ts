// A worker process with nothing to do, with all that it looks after besides runs (triggers, facts, alerts, retention): its share
// of a processor, and what it asks of the database, over a minute, once
// the process has settled: its first half minute goes into compiling and optimizing what it runs from then on.
import { setTimeout as delay } from "node:timers/promises";
import { Installation } from "@/bench/millrace/installation";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { startInstallationWorker } from "@/server/worker/installation-worker";
import { atMost, type Figure } from "@/bench/workload";

const WATCHED_MS = 60_000;
const SETTLING_MS = 60_000;
const AIM_PERCENT = 1;

const installation = await Installation.open();
const workflow = await installation.publish("three-step", chainOfSteps(3));
const busy = installation.startWorker();
for (let n = 0; n < 200; n++) await installation.call(workflow, { n });
await busy.stop();
const failures: unknown[] = [];
const { stop } = startInstallationWorker((error) => failures.push(error));
await delay(SETTLING_MS);

async function transactions(): Promise<number> {
  const { rows } = await installation.pool.query<{ count: number }>("SELECT (xact_commit + xact_rollback)::float8 AS count FROM pg_stat_database WHERE datname = current_database()");
  return rows[0]!.count;
}

const begun = await transactions();
const used = process.cpuUsage();
await delay(WATCHED_MS);
const { user, system } = process.cpuUsage(used);
const percent = ((user + system) / 1_000 / WATCHED_MS) * 100;
const perSecond = ((await transactions()) - begun) / (WATCHED_MS / 1_000);
await stop();
if (failures.length > 0) throw new AggregateError(failures, "the worker reported failures");

const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "idle", measure, value, unit });
await installation.finish([
  { ...figure("processor time of the worker", percent, "% of a core"), aim: atMost(percent, AIM_PERCENT, "%") },
  figure("transactions of the database", perSecond, "per second"),
]);
