import type { LoopSummary, RunDetail, RunView, StepDelta, StepSummary, WaitSummary } from "@/server/runs/contract";
import { FINAL_RUN_STATUSES, STEPS_PER_ANSWER } from "@/server/runs/constants";
import { splitPath, type Iterations } from "./paths";

/** Everything the run page knows, put together from the first answer and the changes after it. */
export interface RunModel {
  run: RunDetail;
  /** What was run. */
  definition: RunView["definition"];
  /** Attempts of each path, the first one first. */
  steps: ReadonlyMap<string, readonly StepSummary[]>;
  /** Indices of the iterations that were begun, in order, by the path of their loop. */
  loops: ReadonlyMap<string, readonly number[]>;
  /** Loops in figures: of most iterations nothing else is known. */
  figures: ReadonlyMap<string, LoopSummary>;
  waits: ReadonlyMap<string, WaitSummary>;
  /** How many there are besides, and steps under way besides those among `steps`. */
  moreWaits: number;
  moreOpenSteps: number;
  seq: number;
}

export function newModel(view: RunView): RunModel {
  return merge({ run: view.run, definition: view.definition, steps: new Map(), loops: new Map(), figures: new Map(), waits: new Map(), moreWaits: 0, moreOpenSteps: 0, seq: 0 }, view);
}

export function merge(model: RunModel, delta: StepDelta): RunModel {
  const steps = new Map(model.steps);
  const loops = new Map(model.loops);
  for (const step of delta.steps) {
    const isNew = !steps.has(step.path);
    steps.set(step.path, withAttempt(steps.get(step.path) ?? [], step));
    const { iteration } = splitPath(step.path);
    if (iteration === null || !isNew) continue;
    const loop = step.path.slice(0, step.path.lastIndexOf("["));
    loops.set(loop, insert(loops.get(loop) ?? [], iteration));
  }
  const figures = new Map(model.figures);
  for (const loop of delta.loops) {
    figures.set(loop.path, loop);
    if ((loops.get(loop.path)?.length ?? 0) < loop.begun) loops.set(loop.path, Array.from({ length: loop.begun }, (_, index) => index));
  }
  const waits = new Map(model.waits);
  for (const wait of delta.waits) waits.set(wait.id, wait);
  // Some of those that did not come are known: somebody has asked for more.
  const moreWaits = delta.moreWaits === 0 ? 0 : Math.max(0, delta.moreWaits + delta.waits.length - waits.size);
  const moreOpenSteps = delta.moreOpenSteps === 0 ? 0 : Math.max(0, delta.moreOpenSteps + STEPS_PER_ANSWER - countOpen(steps));
  return { run: delta.run, definition: model.definition, steps, loops, figures, waits, moreWaits, moreOpenSteps, seq: Math.max(model.seq, delta.seq) };
}

/** Steps that were asked for by themselves: nothing else is newer by them. */
export function withSteps(model: RunModel, steps: readonly StepSummary[]): RunModel {
  return { ...withMore(model, { steps, waits: [] }), moreWaits: model.moreWaits, moreOpenSteps: model.moreOpenSteps };
}

/** Of those that there are besides. */
export function withMore(model: RunModel, { steps, waits }: { steps: readonly StepSummary[]; waits: readonly WaitSummary[] }): RunModel {
  const { run, seq } = model;
  const next = merge(model, { run, seq, moreWaits: 0, moreOpenSteps: 0, steps: [...steps], waits: [...waits], loops: [], more: false });
  const moreOpenSteps = Math.max(0, model.moreOpenSteps + countOpen(model.steps) - countOpen(next.steps));
  return { ...next, moreWaits: Math.max(0, model.moreWaits + model.waits.size - next.waits.size), moreOpenSteps };
}

/** They are not what they were, and nothing more is known of them. */
export function withoutWaits(model: RunModel, ids: readonly string[]): RunModel {
  const waits = new Map(model.waits);
  for (const id of ids) waits.delete(id);
  return { ...model, waits, moreWaits: model.moreWaits + model.waits.size - waits.size };
}

function countOpen(steps: RunModel["steps"]): number {
  let count = 0;
  for (const attempts of steps.values()) for (const { finishedAt } of attempts) if (finishedAt === null) count += 1;
  return count;
}

export function isFinal(status: string): boolean {
  return (FINAL_RUN_STATUSES as readonly string[]).includes(status);
}

export function latestAttempt(model: RunModel, path: string): StepSummary | null {
  return model.steps.get(path)?.at(-1) ?? null;
}

/** Which iteration of a loop to show: the chosen one, else the first that failed, else the latest. */
export function shownIterations(model: RunModel, chosen: Iterations): Iterations {
  const shown: Record<string, number> = {};
  for (const [loop, indices] of model.loops) {
    const choice = chosen[loop];
    if (choice !== undefined && (indices[choice] === choice || indices.includes(choice))) shown[loop] = choice;
    else shown[loop] = firstFailed(model, loop) ?? indices.at(-1) ?? 0;
  }
  return shown;
}

export function firstFailed(model: RunModel, loop: string): number | null {
  const figures = model.figures.get(loop);
  if (figures !== undefined) return figures.firstFailed;
  return model.loops.get(loop)?.find((index) => latestAttempt(model, `${loop}[${index}]`)?.status === "failed") ?? null;
}

/** Which way a step went on; undefined: not yet, or not at all. */
export function portOf(step: StepSummary | null | undefined, onError: string | null): string | undefined {
  if (step === null || step === undefined || step.finishedAt === null) return undefined;
  if (step.status === "succeeded") return step.port ?? "out";
  if (step.status === "skipped") return "out";
  return step.status !== "failed" ? undefined : onError === "continue" ? "out" : onError === "route" ? "error" : undefined;
}

export function openWaits(model: RunModel, path?: string): WaitSummary[] {
  return [...model.waits.values()].filter((wait) => wait.status === "open" && (path === undefined || wait.path === path));
}

function withAttempt(attempts: readonly StepSummary[], step: StepSummary): StepSummary[] {
  const index = attempts.findIndex(({ attempt }) => attempt === step.attempt);
  if (index !== -1) return attempts.with(index, step);
  return [...attempts, step].sort((one, other) => one.attempt - other.attempt);
}

function insert(indices: readonly number[], index: number): number[] {
  const last = indices.at(-1);
  if (last === undefined || last < index) return [...indices, index];
  return indices[index] === index || indices.includes(index) ? [...indices] : [...indices, index].sort((one, other) => one - other);
}
