import type { Path } from "@/server/engine/events";
import type { JournalRecord, StepRecord } from "@/server/engine/journal";
import type { Plan } from "@/server/engine/plan";
import { locate, nodeIdOf, parentPath, splitIteration, type RunState } from "@/server/engine/state";

/** Paths that failed unhandled: kept, they would end the new run as they ended the old one. */
export function unhandledFailures(plan: Plan, records: readonly JournalRecord[]): Set<Path> {
  const ends = new Map<Path, StepRecord>();
  for (const record of records) if (record.table === "step" && record.phase === "finish") ends.set(record.path, record);
  const broken = new Set<Path>();
  for (const [path, end] of ends) {
    if (end.status === "failed" && (end.decision?.fatal === true || !isHandled(plan, path))) broken.add(path);
  }
  return broken;
}

/** Steps that wait, or were told to go on and have not ended: nobody is left to answer them, so they begin anew. */
export function unansweredSteps(state: RunState): Path[] {
  return Object.values(state.frames).flatMap((frame) =>
    Object.entries(frame.nodes).flatMap(([id, { phase, resume }]) => (phase === "waiting" || resume !== undefined ? [frame.prefix + id] : [])),
  );
}

/** Whether a step is being cancelled, so that a record of its cancel follows. */
export function isBeingCancelled(plan: Plan, state: RunState, path: Path): boolean {
  const at = locate(plan, state, path);
  return at !== null && (at.status.cancelling || at.frame.unwind !== null);
}

/** Whether something between the step and the run takes its failure: `onError`, a `catch`, a loop that goes on. */
function isHandled(plan: Plan, path: Path): boolean {
  let slotKey = "";
  for (let at = path; at !== ""; at = parentPath(at)) {
    const iteration = splitIteration(at);
    const node = plan.nodes[nodeIdOf(at)];
    if (node === undefined) return false;
    const goesOn = iteration !== null && node.loop?.continueOnItemError === true;
    const catches = node.role === "tryCatch" && slotKey === `${node.id}:body` && node.slotNames.includes("catch");
    if (goesOn || catches || node.onError !== "fail") return true;
    slotKey = node.slotKey;
  }
  return false;
}
