// Jobs without work on graphile-worker, from adding until done; prints one line of JSON. Needs BENCH_DATABASE_URL (a database of its own).
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { loadFromEnv, measure } from "./load.mjs";

const load = loadFromEnv();
const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 20 });
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ pgPool: pool, logger });
await utils.migrate();
const waiting = new Map();
// The job is done once its row is gone: the event comes after that.
const runner = await run({ pgPool: pool, logger, concurrency: load.concurrency, pollInterval: 1000, taskList: { nothing: async () => {} } });
runner.events.on("job:complete", ({ job, error }) => {
  const done = waiting.get(job.payload.n);
  waiting.delete(job.payload.n);
  if (error) throw error;
  done?.();
});
let next = 0;
const call = async (n) => {
  const key = next++;
  const done = new Promise((resolve) => waiting.set(key, resolve));
  await utils.addJob("nothing", { n: key });
  await done;
  return n + 3;
};
console.log(JSON.stringify(await measure({ ...load, call })));
process.exit(0);
