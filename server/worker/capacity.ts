import os from "node:os";

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

/** Of this process: the processors and the memory that its machine or container gives it. */
export function capacityHere(): Needs {
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 && constrained < os.totalmem() ? constrained : os.totalmem();
  return { cpu: os.availableParallelism(), memoryMb: Math.floor(bytes / 1_048_576) };
}
