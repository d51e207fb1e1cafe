import type { Path, WaitSpec } from "./events";
import { closeWhenDone, isActive, nodeOf, settle, touch } from "./frames";
import type { PlanNode } from "./plan";
import { isSettled, stronger, type BoxState, type Context, type Frame, type NodeState, type Unwind } from "./state";

/** Unwinding: ending what runs in a frame, for whatever reason, and waiting for it. */

export function unwindFrame(ctx: Context, frame: Frame, reason: Unwind): void {
  frame.unwind = stronger(frame.unwind, reason);
  for (const [id, status] of Object.entries(frame.nodes)) {
    if (isActive(status.phase)) cancelNode(ctx, frame, nodeOf(ctx, id), status);
  }
  closeWhenDone(ctx, frame);
}

/** Cancels nodes of a frame that goes on (a join that needs them no more). */
export function cancelNodes(ctx: Context, frame: Frame, ids: readonly string[]): void {
  for (const id of ids) {
    const status = touch(ctx, frame, id);
    if (isSettled(status.phase)) continue;
    if (status.phase === "pending") settle(ctx, frame, nodeOf(ctx, id), status, "cancelled", null);
    else cancelNode(ctx, frame, nodeOf(ctx, id), status);
  }
}

function cancelNode(ctx: Context, frame: Frame, node: PlanNode, status: NodeState): void {
  const path = frame.prefix + node.id;
  switch (status.phase) {
    case "held":
      // Resumed, but not started again: its row is still that of a waiting step.
      if (status.resume !== undefined && status.wait !== undefined) endWait(ctx, path, status, status.wait, true);
      settle(ctx, frame, node, status, "cancelled", null);
      return;
    case "running":
      if (!status.cancelling) ctx.commands.push({ type: "cancelStep", path, attempt: status.attempt });
      status.cancelling = true;
      return;
    case "backoff":
      clearTimer(ctx, timerId("retry", path, status.attempt));
      settle(ctx, frame, node, status, "cancelled", null);
      return;
    case "waiting":
      if (status.wait !== undefined) endWait(ctx, path, status, status.wait, true);
      settle(ctx, frame, node, status, "cancelled", null);
      return;
    case "entering":
    case "exiting":
      status.cancelling = true;
      if (status.box !== undefined) status.box.ending = true;
      return;
    case "open":
      status.cancelling = true;
      endBox(ctx, path, node, status);
      return;
    default:
      return;
  }
}

/** Tells an open container to end. A `finally` that runs gets its grace time; everything else unwinds. */
function endBox(ctx: Context, path: Path, node: PlanNode, status: NodeState): void {
  const box = status.box;
  if (box === undefined || box.ending) return;
  box.ending = true;
  endFrames(ctx, path, node, box);
}

export function endFrames(ctx: Context, path: Path, node: PlanNode, box: BoxState): void {
  const keys = node.loop === null ? node.slotNames.map((slot) => `${path}:${slot}`) : Object.keys(box.running).map((index) => `${path}[${index}]`);
  for (const key of keys) {
    const frame = ctx.state.frames[key];
    if (frame === undefined) continue;
    if (node.role === "tryCatch" && frame.slotKey === `${node.id}:finally`) startGrace(ctx, path, node);
    else unwindFrame(ctx, frame, { kind: "cancel" });
  }
}

export function startGrace(ctx: Context, path: Path, node: PlanNode): void {
  setTimer(ctx, `finally:${path}`, ctx.at + node.finallyGraceSeconds * 1_000);
}

export function endWait(ctx: Context, path: Path, status: NodeState, wait: WaitSpec, cancelled: boolean): void {
  clearTimer(ctx, timerId("wait", path, status.attempt));
  clearTimer(ctx, timerId("remind", path, status.attempt));
  ctx.commands.push({ type: "closeWait", path, attempt: status.attempt, wait, cancelled });
}

export function timerId(kind: "retry" | "wait" | "remind", path: Path, attempt: number): string {
  return `${kind}:${path}#${attempt}`;
}

export function setTimer(ctx: Context, id: string, at: number): void {
  if (ctx.state.timers[id] !== undefined) return;
  ctx.state.timers[id] = at;
  ctx.commands.push({ type: "setTimer", id, at });
}

export function clearTimer(ctx: Context, id: string): void {
  if (ctx.state.timers[id] === undefined) return;
  delete ctx.state.timers[id];
  ctx.commands.push({ type: "clearTimer", id });
}
