// The workflow that every engine of the bench runs: three durable steps, each adding 1.
import { loadFromEnv, measure } from "@/bench/competitors/load.mjs";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";

const installation = await Installation.open();
const workflow = await installation.publish("three-step", chainOfSteps(3));
installation.startWorker({ settings: { commitEachStep: process.env.BENCH_COMMIT_EACH_STEP === "1" } });
const measured = await measure({ ...loadFromEnv(), call: async (n) => Number(await installation.call(workflow, { n })) });
await installation.finish(measured);
