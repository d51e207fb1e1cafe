// Jobs without work on pg-boss, from sending until completed; prints one line of JSON. Needs BENCH_DATABASE_URL (a database of its own).
import PgBoss from "pg-boss";
import { loadFromEnv, measure } from "./load.mjs";

const POLLING_SECONDS = 0.5;
const load = loadFromEnv();
const boss = new PgBoss({ connectionString: process.env.BENCH_DATABASE_URL, max: 20, supervise: false, schedule: false });
await boss.start();
await boss.createQueue("nothing");
const waiting = new Map();
// pg-boss looks by polling; half a second is the least it allows. Fetching and completing in a loop instead is the fastest it can be used.
const mode = process.env.BENCH_PG_BOSS_MODE ?? "fetch";
if (mode === "work") {
  await boss.work("nothing", { batchSize: load.concurrency, pollingIntervalSeconds: POLLING_SECONDS }, async (jobs) => jobs.forEach(({ data }) => setImmediate(() => settle(data.n))));
} else {
  void (async () => {
    for (;;) {
      const jobs = await boss.fetch("nothing", { batchSize: load.concurrency });
      if (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      else {
        await boss.complete("nothing", jobs.map(({ id }) => id));
        for (const { data } of jobs) settle(data.n);
      }
    }
  })();
}

function settle(key) {
  waiting.get(key)?.();
  waiting.delete(key);
}

let next = 0;
const call = async (n) => {
  const key = next++;
  const done = new Promise((resolve) => waiting.set(key, resolve));
  await boss.send("nothing", { n: key });
  await done;
  return n + 3;
};
console.log(JSON.stringify(await measure({ ...load, call })));
process.exit(0);
