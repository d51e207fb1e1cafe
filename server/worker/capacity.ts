import os from "node:os";
import v8 from "node:v8";
import { StepFailure } from "@/server/worker/step-failure";

/** What a step asks of its worker, and what a worker has for all that run at the same time. */
export interface Needs {
  cpu: number;
  memoryMb: number;
}

export const NO_NEEDS: Needs = { cpu: 0, memoryMb: 0 };
export const UNBOUNDED: Needs = { cpu: Infinity, memoryMb: Infinity };

export function needsOf(resources: { cpu?: number | undefined; memoryMb?: number | undefined } | undefined): Needs {
  return resources === undefined ? NO_NEEDS : { cpu: resources.cpu ?? 0, memoryMb: resources.memoryMb ?? 0 };
}

export function fits(needs: Needs, into: Needs): boolean {
  return needs.cpu <= into.cpu && needs.memoryMb <= into.memoryMb;
}

/** Large inputs of the runs that a worker holds, together: decoded and in use they take several times as much of its heap. */
export const givenBytesHere = (): number => Math.floor(v8.getHeapStatistics().heap_size_limit / 16);

/** Of this process: the processors and the memory that its machine or container gives it. */
export function capacityHere(): Needs {
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 && constrained < os.totalmem() ? constrained : os.totalmem();
  return { cpu: os.availableParallelism(), memoryMb: Math.floor(bytes / 1_048_576) };
}

export function tooLarge(asked: Needs, capacity: Needs): StepFailure {
  const [wanted, has] = [asked, capacity].map(({ cpu, memoryMb }) => `${cpu} CPU and ${memoryMb} MB`);
  return new StepFailure({ code: "resources_unavailable", message: `the step asks for ${wanted}, and its worker has ${has} in all: give it a pool of larger workers`, field: "/resources", details: { asked, capacity } });
}
