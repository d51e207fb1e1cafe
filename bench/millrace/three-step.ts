import { measure, type Measured } from "@/bench/competitors/load.mjs";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation } from "@/bench/millrace/installation";
import type { BenchServer } from "@/bench/server";

export interface ThreeStepLoad {
  latencyRuns: number;
  concurrency: number;
  runs: number;
  /** Every step's result is committed before the next step starts; else the three share one commit. */
  commitEachStep: boolean;
}

/** The workflow that every engine of the bench runs: three durable steps, each adding 1. */
export async function measureThreeSteps(server: BenchServer, { commitEachStep, ...load }: ThreeStepLoad): Promise<Measured> {
  const installation = await Installation.open(server);
  try {
    const workflow = await installation.publish("three-step", chainOfSteps(3));
    installation.startWorker({ settings: { commitEachStep } });
    return await measure({ ...load, call: async (n) => Number(await installation.call(workflow, { n })) });
  } finally {
    await installation.close();
  }
}
