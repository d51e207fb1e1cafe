import { createState, decide } from "@/server/engine/decide";
import type { EngineCommand, EngineEvent } from "@/server/engine/events";
import { toEvent, type JournalRecord } from "@/server/engine/journal";
import { pending } from "@/server/engine/pending";
import type { RunHistory } from "@/server/engine/ports";
import { isContainerKind } from "@/server/engine/definition";
import { locate, nodeIdOf, splitIteration, type RunState } from "@/server/engine/state";
import type { Plan } from "@/server/engine/plan";
import type { RunContext } from "@/server/worker/run-context";
import { unpackPaths, type RunSnapshot } from "@/server/worker/run-snapshot";

export interface Replayed {
  state: RunState;
  /** What is to be carried out now. */
  commands: EngineCommand[];
  consumed: string[];
}

/** The run's state from its journal, or from what it was before the records that are given: folded by `seq`, nothing is evaluated again. */
export function replay(run: RunContext, history: RunHistory, snapshot: RunSnapshot | null = null): Replayed {
  const { plan } = run.workflow;
  const { state, commands } = snapshot === null ? created(run) : { state: restored(run, snapshot), commands: null };
  if (history.records.length === 0) return { state, commands: commands ?? pending(plan, state), consumed: [] };
  const isBox = (path: string): boolean => splitIteration(path) !== null || isContainerKind(plan.nodes[nodeIdOf(path)]?.kind ?? "");
  const consumed: string[] = [];
  for (const record of history.records) {
    const event = toEvent(record, isBox);
    const iterations = event.type === "exited" ? iterationsBegun(plan, state, event.path) : 0;
    const { accepted } = decide(plan, state, event);
    if (!accepted) throw new Error(`run ${run.claim.id}: the journal record ${record.seq} does not follow from those before it`);
    // A copied journal may leave numbers out; what follows is numbered after the last one stored.
    state.seq = record.seq;
    noteValues(run, record, event, iterations);
    if (event.type === "signal") consumed.push(event.ref);
  }
  return { state, commands: pending(plan, state), consumed };
}

function created({ workflow, claim: { startedAt, options } }: RunContext): Pick<Replayed, "state" | "commands"> {
  const startNode = options.startNode === undefined ? {} : { startNode: options.startNode };
  return createState(workflow.plan, { startedAt: options.rerun?.at ?? startedAt, deadlineFrom: startedAt, ...startNode });
}

function restored(run: RunContext, { state, paths }: RunSnapshot): RunState {
  for (const [path, { attempt, status }] of unpackPaths(paths)) run.values.note(path, attempt, status);
  return state;
}

function noteValues(run: RunContext, record: JournalRecord, event: EngineEvent, iterations: number): void {
  if (record.table !== "step") return;
  run.values.note(record.path, record.attempt, record.status);
  if (event.type === "exited") run.values.drop(record.path, iterations);
}

/** How many iterations of the loop at `path` have begun; 0 for what is no open loop. */
export function iterationsBegun(plan: Plan, state: RunState, path: string): number {
  return splitIteration(path) === null ? (locate(plan, state, path)?.status.box?.next ?? 0) : 0;
}
