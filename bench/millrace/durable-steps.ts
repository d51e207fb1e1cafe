// 1,000 runs of 20 steps, all queued at once: each step committed by itself, and chained in memory with one commit per run.
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";
import { shortest } from "@/bench/millrace/rounds";
import { atLeast, type Figure } from "@/bench/workload";

const RUNS = 1_000;
const STEPS = 20;
const CHAINED_AIM = 15_000;

const installation = await Installation.open();
const workflow = await installation.publish("twenty-steps", chainOfSteps(STEPS));

async function stepsPerSecond(commitEachStep: boolean): Promise<number> {
  const worker = installation.startWorker({ settings: { commitEachStep } });
  const all = async (): Promise<void> => void (await Promise.all(Array.from({ length: RUNS }, (_, n) => installation.call(workflow, { n }))));
  await all();
  const seconds = await shortest(all);
  await worker.stop();
  return (RUNS * STEPS) / seconds;
}

const committed = await stepsPerSecond(true);
const chained = await stepsPerSecond(false);
const figure = (measure: string, value: number): Figure => ({ workload: "durable-steps", measure, value, unit: "steps/s" });
await installation.finish([
  figure("every step committed", committed),
  { ...figure("chained steps share a commit", chained), aim: atLeast(chained, CHAINED_AIM, "steps/s") },
]);
