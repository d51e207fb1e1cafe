import type { StepWait } from "@/server/limits/contract";
import type { SlotWait, StepSummary } from "@/server/runs/contract";
import type { RunModel } from "./run-model";

/** A step that could go on but for a limit. */
export interface HeldStep {
  path: string;
  since: string;
  /** For a line of its own, and for a mark on the canvas. */
  text: string;
  note: string;
  /** Who has the places, and how many steps come before; null: it is the worker that has none. */
  line: Pick<StepWait, "holders" | "ahead" | "aheadIsMore"> | null;
}

export type HeldSteps = ReadonlyMap<string, HeldStep>;

export const NOTHING_HELD: HeldSteps = new Map();

/** `places`: steps that wait under the limit of their node. Those that wait for their worker say so in their progress. */
export function heldSteps({ steps }: Pick<RunModel, "steps">, places: readonly StepWait[]): HeldSteps {
  const held = new Map<string, HeldStep>();
  for (const attempts of steps.values()) {
    const step = attempts.at(-1);
    const wait = step === undefined ? undefined : slotWaitIn(step);
    if (step !== undefined && wait !== undefined) held.set(step.path, { path: step.path, since: wait.since, text: slotText(wait), note: "waits for its worker", line: null });
  }
  for (const { path, since, limit, key, holders, ahead, aheadIsMore } of places) {
    const step = steps.get(path)?.at(-1);
    if (step?.finishedAt === null && step.status !== "waiting") continue;
    held.set(path, { path, since, text: `Waits for a place: ${limitText(limit, key)}`, note: ahead === 0 ? "waits, is next" : `waits behind ${ahead.toLocaleString()}${aheadIsMore ? "+" : ""}`, line: { holders, ahead, aheadIsMore } });
  }
  return held;
}

export function slotWaitIn({ progress, finishedAt }: StepSummary): SlotWait | undefined {
  return finishedAt === null ? progress?.waits : undefined;
}

export function limitText(limit: number | null, key: string | null): string {
  const most = limit === null ? "the limit of its node is reached" : `${limit} at the same time ${limit === 1 ? "is" : "are"} allowed`;
  return key === null ? most : `${most} for ${key}`;
}

function slotText(wait: SlotWait): string {
  if (wait.kind === "slot") return `Waits for its worker: all of its ${wait.slots} places for steps are taken`;
  const asked = [...(wait.cpu > 0 ? [`${wait.cpu} of ${wait.ofCpu} CPU`] : []), ...(wait.memoryMb > 0 ? [`${wait.memoryMb} of ${wait.ofMemoryMb} MB`] : [])];
  return `Waits for its share of the worker: it asks for ${asked.join(" and ")}, and other steps have too much of that`;
}
