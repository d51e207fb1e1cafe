// What a claim costs with a thousand and with a million queued runs, what steps cost in front of that queue, and whether a
// long transaction, which keeps the entries of finished runs in the index, makes either slower.
import pg from "pg";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation, type PublishedWorkflow } from "@/bench/millrace/installation";
import { emptyQueue, fillQueue, tidy } from "@/bench/millrace/queue-filling";
import { percentile } from "@/bench/millrace/rounds";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { atMost, type Figure } from "@/bench/workload";

const FEW = 1_000;
const MANY = 1_000_000;
const CLAIMS = 90;
const CLAIM_SIZE = 10;
const CHURNED_RUNS = 10_000;
const CONCURRENCY = 100;
/** How much dearer a claim may be and still count as flat. */
const FLAT = 2;

const installation = await Installation.open();
const workflow = await installation.publish("three-step", chainOfSteps(3));

/** Milliseconds of a new worker's first claim, which looks at the whole queue, and the median of those after it. */
async function claimMs(): Promise<{ first: number; median: number }> {
  const store = new PgRunStore({ pool: installation.pool, leaseSeconds: env.LEASE_SECONDS });
  const times: number[] = [];
  for (let n = 0; n < CLAIMS; n++) {
    const begun = performance.now();
    const runs = await store.claim({ workerId: newId(), pools: ["default"], limit: CLAIM_SIZE });
    times.push(performance.now() - begun);
    if (runs.length !== CLAIM_SIZE) throw new Error(`a claim of ${CLAIM_SIZE} runs got ${runs.length}`);
  }
  await store.close();
  return { first: times[0]!, median: percentile(times, 0.5) };
}

async function runsPerSecond(of: PublishedWorkflow, runs: number): Promise<number> {
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next++ < runs) await installation.call(of, { n: 1 });
    }),
  );
  return runs / ((performance.now() - begun) / 1_000);
}

/** Finishes runs from the front of a long queue, for as many as asked. */
async function drainPart(runs: number): Promise<number> {
  const worker = installation.startWorker({ settings: { commitEachStep: true } });
  const begun = performance.now();
  await installation.store.finishes(runs);
  const rate = runs / ((performance.now() - begun) / 1_000);
  await worker.stop();
  return rate;
}

await fillQueue(installation, workflow, FEW);
const few = await claimMs();
await emptyQueue();
await fillQueue(installation, workflow, MANY);
const manyAtOnce = await claimMs();
const inFront = await drainPart(CHURNED_RUNS);
await tidy("run_queue");
const many = await claimMs();
await emptyQueue();

const worker = installation.startWorker({ settings: { commitEachStep: true } });
await runsPerSecond(workflow, CHURNED_RUNS / 5);
const free = await runsPerSecond(workflow, CHURNED_RUNS);
const reader = new pg.Client({ connectionString: env.DATABASE_URL });
await reader.connect();
await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
await reader.query("SELECT count(*) FROM run_queue");
for (let part = 0; part < 4; part++) await runsPerSecond(workflow, CHURNED_RUNS);
const beside = await runsPerSecond(workflow, CHURNED_RUNS);
await worker.stop();
await fillQueue(installation, workflow, FEW);
const behind = await claimMs();
await reader.query("COMMIT");
await reader.end();

const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "claim-cost", measure, value, unit });
const flat = (measure: string, value: number): Figure => ({ ...figure(measure, value, "ms"), aim: atMost(value, Number((few.median * FLAT).toFixed(2)), "ms") });
await installation.finish([
  figure(`claim of ${CLAIM_SIZE} of ${FEW.toLocaleString("en-US")} queued runs`, few.median, "ms"),
  flat(`claim of ${CLAIM_SIZE} of ${MANY.toLocaleString("en-US")}, just queued`, manyAtOnce.median),
  flat(`claim of ${CLAIM_SIZE} of ${MANY.toLocaleString("en-US")}, analyzed`, many.median),
  figure(`three committed steps in front of ${MANY.toLocaleString("en-US")} queued runs`, inFront, "runs/s"),
  figure(`three committed steps, ${CONCURRENCY} at once`, free, "runs/s"),
  figure(`the same after ${(CHURNED_RUNS * 4).toLocaleString("en-US")} runs beside an open transaction`, beside, "runs/s"),
  flat(`claim of ${CLAIM_SIZE} behind their dead entries`, behind.median),
  figure("a new worker's first claim behind them", behind.first, "ms"),
]);
