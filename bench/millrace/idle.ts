// A worker with nothing to do: its share of a processor, and what it asks of the database, over ten seconds.
import { setTimeout as delay } from "node:timers/promises";
import { Installation } from "@/bench/millrace/installation";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { atMost, type Figure } from "@/bench/workload";

const WATCHED_MS = 10_000;
const AIM_PERCENT = 1;

const installation = await Installation.open();
const workflow = await installation.publish("three-step", chainOfSteps(3));
installation.startWorker();
for (let n = 0; n < 200; n++) await installation.call(workflow, { n });
await delay(2_000);

let statements = 0;
installation.pool.on("acquire", () => (statements += 1));
const used = process.cpuUsage();
await delay(WATCHED_MS);
const { user, system } = process.cpuUsage(used);
const percent = ((user + system) / 1_000 / WATCHED_MS) * 100;
const perSecond = statements / (WATCHED_MS / 1_000);

const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "idle", measure, value, unit });
await installation.finish([
  { ...figure("processor time of the worker", percent, "% of a core"), aim: atMost(percent, AIM_PERCENT, "%") },
  figure("statements to the database", perSecond, "per second"),
]);
