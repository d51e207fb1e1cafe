import type { StepSummary } from "@/server/runs/contract";
import type { RunModel } from "./run-model";

/** The run as it was at a moment: what began later is gone, what ended later is still running. */
export function modelAt(model: RunModel, at: number): RunModel {
  const steps = new Map<string, readonly StepSummary[]>();
  for (const [path, attempts] of model.steps) {
    const begun = attempts.filter(({ startedAt }) => Date.parse(startedAt) <= at).map((step) => stepAt(step, at));
    if (begun.length > 0) steps.set(path, begun);
  }
  const loops = new Map([...model.loops].flatMap(([loop, indices]) => (steps.has(loop) ? [[loop, indices.filter((index) => !isLater(model, `${loop}[${index}]`, at))] as const] : [])));
  const waits = new Map([...model.waits].flatMap(([id, wait]) => {
    if (Date.parse(wait.createdAt) > at) return [];
    const isOpen = wait.closedAt === null || Date.parse(wait.closedAt) > at;
    return [[id, isOpen ? { ...wait, status: "open" as const, closedAt: null } : wait] as const];
  }));
  return { ...model, steps, loops, waits };
}

/** Of an iteration that is not loaded, nobody knows. */
function isLater(model: RunModel, path: string, at: number): boolean {
  const first = model.steps.get(path)?.[0];
  return first !== undefined && Date.parse(first.startedAt) > at;
}

function stepAt(step: StepSummary, at: number): StepSummary {
  if (step.finishedAt === null || Date.parse(step.finishedAt) <= at) return step;
  return { ...step, status: "running", finishedAt: null, failure: null, port: null };
}

/** Beginning and end of what can be replayed, in milliseconds. */
export function replaySpan(model: RunModel, now: number): { from: number; to: number } {
  const from = Date.parse(model.run.startedAt ?? model.run.createdAt);
  return { from, to: Math.max(from + 1, model.run.finishedAt === null ? now : Date.parse(model.run.finishedAt)) };
}

/** Moments at which something begins or ends, in order: where single steps of the replay lead. */
export function momentsOf(model: RunModel): number[] {
  const moments = new Set<number>();
  for (const attempts of model.steps.values()) {
    for (const { startedAt, finishedAt } of attempts) {
      moments.add(Date.parse(startedAt));
      if (finishedAt !== null) moments.add(Date.parse(finishedAt));
    }
  }
  return [...moments].sort((one, other) => one - other);
}
