import { clearTimer, endFrames, startGrace, unwindFrame } from "./cancel";
import type { EngineCommand, EnterOutcome, ErrorRef, ExitOutcome, ExitReason, Path, Untaken } from "./events";
import { openFrame, settle } from "./frames";
import { locate, stronger, type BoxState, type Context, type Frame, type Instance, type Unwind } from "./state";

/** What containers do: open their slots or iterations, answer to the end of each, and end themselves. */

type Box = Instance & { box: BoxState };

function boxOf(instance: Instance): Box | null {
  return instance.status.box === undefined ? null : { ...instance, box: instance.status.box };
}

export function locateBox(ctx: Context, path: Path): Box | null {
  const instance = locate(ctx.plan, ctx.state, path);
  return instance === null ? null : boxOf(instance);
}

export function entered(ctx: Context, box: Box, outcome: EnterOutcome): void {
  switch (outcome.status) {
    case "skipped":
      settle(ctx, box.frame, box.node, box.status, "skipped", box.status.cancelling ? null : "out", outcome.untaken);
      return;
    case "pinned":
      settle(ctx, box.frame, box.node, box.status, "succeeded", box.status.cancelling ? null : "out", outcome.untaken);
      return;
    case "failed":
      fail(ctx, box, { path: box.path, attempt: 1 }, outcome);
      return;
    case "entered":
      open(ctx, box, outcome);
  }
}

function open(ctx: Context, box: Box, outcome: { items?: number; slot?: string }): void {
  box.status.phase = "open";
  if (box.box.ending) return conclude(ctx, box);
  switch (box.node.role) {
    case "ifElse":
    case "switchCase":
      box.box.resultSlot = outcome.slot ?? "";
      if (outcome.slot !== undefined && box.node.slotNames.includes(outcome.slot)) openSlot(ctx, box, outcome.slot);
      else conclude(ctx, box);
      return;
    case "parallel":
      for (const slot of box.node.slotNames) openSlot(ctx, box, slot);
      if (box.node.slotNames.length === 0) conclude(ctx, box);
      return;
    case "tryCatch":
      box.box.resultSlot = "body";
      if (box.node.slotNames.includes("body")) openSlot(ctx, box, "body");
      else openFinally(ctx, box);
      return;
    case "forEach":
    case "while":
      box.box.items = outcome.items ?? 0;
      advance(ctx, box);
      return;
    default:
      throw new Error(`${box.node.kind} is no container`);
  }
}

function openSlot(ctx: Context, box: Box, slot: string): void {
  box.box.openFrames += 1;
  openFrame(ctx, { key: `${box.path}:${slot}`, prefix: `${box.path}/`, slotKey: `${box.node.id}:${slot}`, owner: box.path, iteration: null });
}

function openIteration(ctx: Context, box: Box): void {
  const index = box.box.next;
  box.box.next += 1;
  box.box.openFrames += 1;
  box.box.running[index] = true;
  openFrame(ctx, { key: `${box.path}[${index}]`, prefix: `${box.path}[${index}]/`, slotKey: `${box.node.id}:body`, owner: box.path, iteration: index });
}

/** A frame of this container has closed; `frame.unwind` tells how. */
export function frameClosed(ctx: Context, box: Box, frame: Frame): void {
  const slot = frame.slotKey.slice(frame.slotKey.indexOf(":") + 1);
  if (frame.iteration !== null) {
    delete box.box.running[frame.iteration];
    box.box.exits[frame.iteration] = frame.unwind;
    ctx.commands.push({ type: "exit", path: frame.key, nodeId: box.node.id, index: frame.iteration, reason: reasonOf(frame.unwind, box.path) });
    return;
  }
  box.box.openFrames -= 1;
  if (box.node.role === "tryCatch") return trySlotClosed(ctx, box, slot, frame.unwind);
  const decided = box.box.pending !== null;
  blame(box, frame.unwind);
  if (!decided && box.box.pending !== null) endFrames(ctx, box.path, box.node, box.box);
  if (box.box.openFrames === 0) conclude(ctx, box);
}

/** A cancelled frame says nothing new: whoever cancelled it knows why. */
function blame(box: Box, unwind: Unwind | null): void {
  if (unwind !== null && unwind.kind !== "cancel") box.box.pending = stronger(box.box.pending, unwind);
}

function trySlotClosed(ctx: Context, box: Box, slot: string, unwind: Unwind | null): void {
  if (slot === "finally") {
    clearTimer(ctx, `finally:${box.path}`);
    if (unwind !== null && unwind.kind !== "cancel") box.box.pending = unwind;
    return conclude(ctx, box);
  }
  if (unwind?.kind === "error") box.box.caught = unwind.error;
  if (slot === "body" && unwind?.kind === "error" && !box.box.ending && box.node.slotNames.includes("catch")) {
    box.box.resultSlot = "catch";
    return openSlot(ctx, box, "catch");
  }
  blame(box, unwind);
  openFinally(ctx, box);
}

function openFinally(ctx: Context, box: Box): void {
  if (!box.node.slotNames.includes("finally")) return conclude(ctx, box);
  openSlot(ctx, box, "finally");
  if (box.box.ending) startGrace(ctx, box.path, box.node);
}

/** Starts what a loop may start now, or ends it. */
function advance(ctx: Context, box: Box): void {
  const { box: state, node } = box;
  const ended = state.ending || state.broken || state.pending !== null;
  if (!ended && node.role === "while") {
    if (state.openFrames === 0) {
      state.iterating = state.next;
      ctx.commands.push({ type: "iterate", path: box.path, nodeId: node.id, index: state.next });
    }
    return;
  }
  if (!ended) {
    const limit = node.loop?.parallelLimit ?? 1;
    while (state.next < state.items && state.openFrames < limit) openIteration(ctx, box);
  }
  if (state.openFrames === 0) conclude(ctx, box);
}

/** The condition of a `while` held for iteration `index`. */
export function iterated(ctx: Context, box: Box, index: number): void {
  box.box.iterating = null;
  if (box.box.ending) return conclude(ctx, box);
  const cap = box.node.loop?.maxIterations ?? 0;
  if (index >= cap) {
    box.box.pending = { kind: "error", error: { code: "iteration_cap", message: `the loop reached its cap of ${cap} iterations and its condition still holds`, path: box.path } };
    return conclude(ctx, box);
  }
  openIteration(ctx, box);
}

/** The output of an iteration is made. */
export function iterationExited(ctx: Context, box: Box, index: number, outcome: ExitOutcome): void {
  const state = box.box;
  const unwind = iterationEnd(box, index, outcome);
  delete state.exits[index];
  state.openFrames -= 1;
  state.done += 1;
  const tolerated = unwind?.kind === "error" && box.node.loop?.continueOnItemError === true;
  const continued = unwind?.kind === "continue" && unwind.target === box.path;
  const decided = state.broken || state.pending !== null;
  if (!decided && unwind?.kind === "break" && unwind.target === box.path) state.broken = true;
  else if (!decided && !tolerated && !continued) blame(box, unwind);
  if (!decided && (state.broken || state.pending !== null)) endFrames(ctx, box.path, box.node, state);
  advance(ctx, box);
}

function iterationEnd(box: Box, index: number, outcome: ExitOutcome): Unwind | null {
  const unwind = box.box.exits[index] ?? null;
  const resultFailed = outcome.status === "failed" && (unwind === null || unwind.kind === "continue" || unwind.kind === "break");
  return resultFailed ? { kind: "error", error: { path: `${box.path}[${index}]`, attempt: 1 } } : unwind;
}

/** Every slot is closed: asks for the container's output, telling how it ended. */
function conclude(ctx: Context, box: Box): void {
  const { box: state, status } = box;
  status.phase = "exiting";
  const slot = state.resultSlot === undefined ? {} : { slot: state.resultSlot };
  const reason: ExitReason = state.ending ? { status: "cancelled" } : state.pending === null ? { status: "succeeded", ...slot } : reasonOf(state.pending, box.path);
  state.exitReason = reason;
  ctx.commands.push(exitCommand(box));
}

export function exitCommand(box: Instance & { box: BoxState }): EngineCommand {
  const reason = box.box.exitReason ?? { status: "succeeded" };
  const iterations = box.node.loop === null ? {} : { iterations: box.box.next };
  return { type: "exit", path: box.path, nodeId: box.node.id, reason, ...iterations };
}

export function reasonOf(unwind: Unwind | null, path: Path): ExitReason {
  if (unwind === null) return { status: "succeeded" };
  switch (unwind.kind) {
    case "error":
      return { status: "failed", error: unwind.error };
    case "cancel":
      return { status: "cancelled" };
    default:
      return { status: "interrupted", by: unwind.by, own: unwind.target === path };
  }
}

/** The container's output is made and its edges are decided (or a `while` found its condition false). */
export function exited(ctx: Context, box: Box, outcome: ExitOutcome): void {
  const reason = box.box.exitReason ?? { status: "succeeded" };
  const pending = box.box.pending;
  if (reason.status === "failed") return fail(ctx, box, reason.error, outcome.status === "failed" ? outcome : {});
  if (reason.status === "cancelled" || outcome.status === "cancelled") return settle(ctx, box.frame, box.node, box.status, "cancelled", null);
  if (outcome.status === "failed") return fail(ctx, box, { path: box.path, attempt: 1 }, outcome);
  if (reason.status === "interrupted" && pending !== null && !box.status.cancelling) return raise(ctx, box, "succeeded", pending);
  settle(ctx, box.frame, box.node, box.status, "succeeded", box.status.cancelling ? null : "out", outcome.untaken);
}

/** Ends a node and, with it, its frame. The frame unwinds before the node settles, so that no edge of it is decided. */
export function raise(ctx: Context, at: Instance, phase: "succeeded" | "failed", unwind: Unwind): void {
  at.frame.unwind = stronger(at.frame.unwind, unwind);
  settle(ctx, at.frame, at.node, at.status, phase, null);
  unwindFrame(ctx, at.frame, unwind);
}

/** The final failure of a step or container: routed as `onError` says, else it ends the frame. */
export function fail(ctx: Context, at: Instance, error: ErrorRef, routing: { untaken?: Untaken; fatal?: boolean }): void {
  const { frame, node, status } = at;
  status.error = error;
  if (frame.unwind !== null || status.cancelling) return settle(ctx, frame, node, status, "failed", null);
  if (routing.fatal !== true && node.onError === "continue") return settle(ctx, frame, node, status, "failed", "out", routing.untaken);
  if (routing.fatal !== true && node.onError === "route") return settle(ctx, frame, node, status, "failed", "error", routing.untaken);
  raise(ctx, at, "failed", { kind: "error", error });
}
