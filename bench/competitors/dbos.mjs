// Three durable steps on DBOS Transact; prints one line of JSON. Needs BENCH_DATABASE_URL (a database of its own).
import { DBOS } from "@dbos-inc/dbos-sdk";
import { loadFromEnv, measure } from "./load.mjs";

async function addThree(n) {
  const one = await DBOS.runStep(async () => n + 1, { name: "one" });
  const two = await DBOS.runStep(async () => one + 1, { name: "two" });
  return DBOS.runStep(async () => two + 1, { name: "three" });
}
const workflow = DBOS.registerWorkflow(addThree, { name: "addThree" });

DBOS.setConfig({ name: "bench", applicationVersion: "1", systemDatabaseUrl: process.env.BENCH_DATABASE_URL, runAdminServer: false, logLevel: "error", systemDatabasePoolSize: 20 });
await DBOS.launch();
const result = await measure({ ...loadFromEnv(), call: (n) => workflow(n) });
console.log(JSON.stringify(result));
await DBOS.shutdown();
process.exit(0);
