import { exitCommand, reasonOf } from "./boxes";
import type { EngineCommand } from "./events";
import { startCommand } from "./frames";
import type { Plan, PlanNode } from "./plan";
import type { Frame, NodeState, RunState } from "./state";

/**
 * What a worker that takes a run over has to carry out: every command that was issued and not answered. A running step that
 * was being cancelled comes back as `cancelStep`; who does not run it answers with its cancelled outcome.
 */
export function pending(plan: Plan, state: RunState): EngineCommand[] {
  if (state.finished) return [];
  const commands: EngineCommand[] = Object.entries(state.timers).map(([id, at]) => ({ type: "setTimer", id, at }));
  for (const frame of Object.values(state.frames)) {
    for (const [id, status] of Object.entries(frame.nodes)) {
      const node = plan.nodes[id];
      if (node !== undefined) commands.push(...ofNode(frame, node, status));
    }
  }
  if (state.exiting !== null) commands.push({ type: "exit", path: "", nodeId: null, reason: state.exiting });
  return commands;
}

function ofNode(frame: Frame, node: PlanNode, status: NodeState): EngineCommand[] {
  const path = frame.prefix + node.id;
  const { phase, attempt, box, wait } = status;
  if (phase === "running") return [status.cancelling ? { type: "cancelStep", path, attempt } : startCommand(path, node, status)];
  if (phase === "waiting" && wait !== undefined) return [{ type: wait.kind === "child" ? "startChild" : "openWait", path, attempt, wait }];
  if (phase === "entering") return [{ type: "enter", path, nodeId: node.id }];
  if (box === undefined) return [];
  if (phase === "exiting") return [exitCommand({ path, frame, node, status, box })];
  const exits = Object.entries(box.exits).map(([index, unwind]): EngineCommand => ({
    type: "exit",
    path: `${path}[${index}]`,
    nodeId: node.id,
    index: Number(index),
    reason: reasonOf(unwind, path),
  }));
  return box.iterating === null ? exits : [{ type: "iterate", path, nodeId: node.id, index: box.iterating }, ...exits];
}

/** A run's state as text, and back: bounded recovery and continue-as-new need no more than this. */
export function snapshot(state: RunState): string {
  return JSON.stringify(state);
}

export function restoreState(text: string): RunState {
  return JSON.parse(text) as RunState;
}
