// A hundred thousand runs behind a limit of ten at the same time: what comes through must not slow down with the queue behind it.
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";
import { emptyQueue, fillQueue, tidy } from "@/bench/millrace/queue-filling";
import { waitReasonText } from "@/server/queue/wait-reason";
import { atLeast, type Figure } from "@/bench/workload";

const LIMIT = 10;
const FEW = 3_000;
const MANY = 100_000;
const WARM = 200;
const MEASURED = 1_500;
/** Share of the rate with few runs behind the limit that must be left with many. */
const FLAT = 0.7;

const installation = await Installation.open();

/** Runs per second that pass the limit while so many are blocked behind it. */
async function rate(queued: number): Promise<number> {
  const workflow = await installation.publish(`limited-${queued}`, { ...chainOfSteps(1), settings: { concurrency: { limit: LIMIT } } });
  await fillQueue(installation, workflow, queued);
  // As they are once they have asked for a place; the first ones are still to ask.
  await installation.pool.query(
    `UPDATE run_queue SET state = 'blocked', mutex_key = $1, gate = 4, wait_reason = $2 WHERE run_id NOT IN (SELECT run_id FROM run_queue ORDER BY run_id LIMIT $3)`,
    [`${workflow.id} null`, waitReasonText({ kind: "concurrency", key: `${workflow.id} null`, limit: LIMIT }), LIMIT],
  );
  await tidy("run_queue");
  const worker = installation.startWorker();
  await installation.store.finishes(WARM);
  const begun = performance.now();
  await installation.store.finishes(MEASURED);
  const perSecond = MEASURED / ((performance.now() - begun) / 1_000);
  await worker.stop();
  await emptyQueue();
  return perSecond;
}

const few = await rate(FEW);
const many = await rate(MANY);
const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "limited-queue", measure, value, unit });
await installation.finish([
  figure(`limit of ${LIMIT}, ${FEW.toLocaleString("en-US")} runs queued behind it`, few, "runs/s"),
  { ...figure(`limit of ${LIMIT}, ${MANY.toLocaleString("en-US")} runs queued behind it`, many, "runs/s"), aim: atLeast(many, Math.round(few * FLAT), "runs/s") },
]);
