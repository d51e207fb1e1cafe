// A hundred thousand runs behind a limit of ten at the same time: what comes through must not slow down with the queue behind it.
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";
import { fillQueue } from "@/bench/millrace/queue-filling";
import { atLeast, type Figure } from "@/bench/workload";

const LIMIT = 10;
const FEW = 2_000;
const MANY = 100_000;
const MEASURED = 1_500;
/** Share of the rate with few runs behind the limit that must be left with many. */
const FLAT = 0.7;

const installation = await Installation.open();

/** Runs per second that pass the limit while so many are queued, all of them blocked but those at work. */
async function rate(queued: number): Promise<{ atOnce: number; blocked: number }> {
  const workflow = await installation.publish(`limited-${queued}`, { ...chainOfSteps(1), settings: { concurrency: { limit: LIMIT } } });
  await fillQueue(installation, workflow, queued);
  const worker = installation.startWorker();
  // The first claims find out who has to wait.
  await until(async () => (await count("queued", workflow.id)) === 0);
  const blocked = await count("blocked", workflow.id);
  await installation.pool.query("ANALYZE run_queue");
  const begun = performance.now();
  await installation.store.finishes(MEASURED);
  const atOnce = MEASURED / ((performance.now() - begun) / 1_000);
  await worker.stop();
  await installation.pool.query("TRUNCATE run_queue, run, step_run CASCADE");
  return { atOnce, blocked };
}

async function count(state: string, workflowId: string): Promise<number> {
  const { rows } = await installation.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM run_queue q JOIN run r ON r.id = q.run_id WHERE q.state = $1 AND r.workflow_id = $2", [state, workflowId]);
  return rows[0]!.count;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const few = await rate(FEW * 5);
const begun = performance.now();
const many = await rate(MANY);
const seconds = (performance.now() - begun) / 1_000;
const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "limited-queue", measure, value, unit });
await installation.finish([
  figure(`limit of ${LIMIT}, ${few.blocked.toLocaleString("en-US")} runs blocked behind it`, few.atOnce, "runs/s"),
  { ...figure(`limit of ${LIMIT}, ${many.blocked.toLocaleString("en-US")} runs blocked behind it`, many.atOnce, "runs/s"), aim: atLeast(many.atOnce, Math.round(few.atOnce * FLAT), "runs/s") },
  figure("all of it, queueing and blocking them included", seconds, "s"),
]);
