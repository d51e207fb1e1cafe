import { entered, exited, frameClosed, iterated, iterationExited, locateBox, reasonOf } from "./boxes";
import { cancelNodes, setTimer, unwindFrame } from "./cancel";
import type { EngineCommand, EngineEvent, ExitOutcome } from "./events";
import { consider, openFrame, startCommand } from "./frames";
import type { Plan } from "./plan";
import { resume, stepEnded, stepTimer } from "./steps";
import { locate, splitIteration, type Context, type Decision, type Frame, type RunState } from "./state";

/**
 * The engine: what happens next in a run. Total and deterministic, no I/O, no clock, no randomness; its work per event is
 * bounded by the edges the event decides. The state belongs to one owner and is changed in place.
 */

export interface StartOptions {
  /** Where the engine's clock begins, milliseconds since 1970: with the first claim of the run, or with the journal that a re-run was given. */
  startedAt: number;
  /** What the time limit counts from, if not from there. */
  deadlineFrom?: number;
  /** The trigger node that fired; other trigger nodes count as not reached. Default: the first manual trigger, else the first. */
  startNode?: string;
}

export function createState(plan: Plan, { startedAt, startNode, deadlineFrom = startedAt }: StartOptions): { state: RunState; commands: EngineCommand[] } {
  const state: RunState = { seq: 0, startedAt, finished: false, frames: {}, timers: {}, executing: 0, held: [], heldFrom: 0, exiting: null, cancel: null };
  const ctx: Context = { plan, state, at: startedAt, commands: [], agenda: [] };
  if (plan.timeoutSeconds !== null) setTimer(ctx, "deadline", deadlineFrom + plan.timeoutSeconds * 1_000);
  openFrame(ctx, { key: "", prefix: "", slotKey: "", owner: null, iteration: null, dead: otherTriggers(plan, startNode) });
  settleAgenda(ctx);
  return { state, commands: ctx.commands };
}

function otherTriggers(plan: Plan, startNode: string | undefined): string[] {
  const triggers = (plan.slots[""]?.nodes ?? []).filter((id) => plan.nodes[id]?.role === "trigger");
  const chosen = startNode ?? triggers.find((id) => plan.nodes[id]?.kind === "trigger.manual") ?? triggers[0];
  return triggers.filter((id) => id !== chosen);
}

export function decide(plan: Plan, state: RunState, event: EngineEvent): Decision {
  const ctx: Context = { plan, state, at: event.at, commands: [], agenda: [] };
  if (state.finished || !apply(ctx, event)) return { accepted: false, commands: [] };
  state.seq += 1;
  settleAgenda(ctx);
  startHeld(ctx);
  return { accepted: true, commands: ctx.commands };
}

function apply(ctx: Context, event: EngineEvent): boolean {
  switch (event.type) {
    case "step": {
      const at = locate(ctx.plan, ctx.state, event.path);
      if (at === null || at.status.attempt !== event.attempt) return false;
      const begins = at.status.phase === "held" && event.kept === true;
      if (begins) ctx.state.executing += 1;
      else if (at.status.phase !== "running") return false;
      stepEnded(ctx, at, event.outcome);
      return true;
    }
    case "entered": {
      const box = locateBox(ctx, event.path);
      if (box === null || box.status.phase !== "entering") return false;
      entered(ctx, box, event.outcome);
      return true;
    }
    case "iterated": {
      const box = locateBox(ctx, event.path);
      if (box === null || box.box.iterating !== event.index) return false;
      iterated(ctx, box, event.index);
      return true;
    }
    case "exited":
      return applyExit(ctx, event.path, event.outcome);
    case "timer":
      return applyTimer(ctx, event.id);
    case "signal": {
      const at = locate(ctx.plan, ctx.state, event.path);
      if (at === null || at.status.phase !== "waiting" || at.status.attempt !== event.attempt) return false;
      resume(ctx, at, { cause: "signal", ref: event.ref });
      return true;
    }
    case "cancel":
      return applyCancel(ctx, event);
  }
}

function applyExit(ctx: Context, path: string, outcome: ExitOutcome): boolean {
  if (path === "") return exitRun(ctx, outcome);
  const iteration = splitIteration(path);
  if (iteration !== null) {
    const box = locateBox(ctx, iteration.loop);
    if (box === null || box.box.exits[iteration.index] === undefined) return false;
    iterationExited(ctx, box, iteration.index, outcome);
    return true;
  }
  const box = locateBox(ctx, path);
  if (box === null || (box.status.phase !== "exiting" && box.box.iterating === null)) return false;
  exited(ctx, box, outcome);
  return true;
}

function exitRun(ctx: Context, outcome: ExitOutcome): boolean {
  const { state } = ctx;
  const reason = state.exiting;
  if (reason === null) return false;
  state.finished = true;
  state.timers = {};
  const cancel = state.cancel ?? undefined;
  if (reason.status === "failed") {
    ctx.commands.push({ type: "finishRun", status: "failed", error: reason.error });
  } else if (reason.status === "cancelled") {
    const timedOut = cancel?.source === "timeout";
    const error = timedOut ? { error: { code: "run_timeout", message: `the run exceeded its time limit of ${ctx.plan.timeoutSeconds ?? 0} seconds`, path: "" } as const } : {};
    ctx.commands.push({ type: "finishRun", status: timedOut ? "failed" : "cancelled", ...error, ...cancel });
  } else if (outcome.status === "failed") {
    ctx.commands.push({ type: "finishRun", status: "failed", error: { path: "", attempt: 1 } });
  } else {
    ctx.commands.push({ type: "finishRun", status: "succeeded" });
  }
  return true;
}

function applyTimer(ctx: Context, id: string): boolean {
  if (ctx.state.timers[id] === undefined) return false;
  delete ctx.state.timers[id];
  if (id === "deadline") {
    if (ctx.state.cancel === null) cancelRun(ctx, { source: "timeout" });
    return true;
  }
  const cut = id.indexOf(":");
  const [kind, target] = [id.slice(0, cut), id.slice(cut + 1)];
  if (kind === "finally") {
    const frame = ctx.state.frames[`${target}:finally`];
    if (frame !== undefined) unwindFrame(ctx, frame, { kind: "cancel" });
  } else {
    stepTimer(ctx, kind, target);
  }
  return true;
}

function applyCancel(ctx: Context, event: Extract<EngineEvent, { type: "cancel" }>): boolean {
  if (ctx.state.cancel !== null || ctx.state.exiting !== null) return false;
  cancelRun(ctx, { source: event.source, ...(event.reason === undefined ? {} : { reason: event.reason }) });
  return true;
}

function cancelRun(ctx: Context, cancel: NonNullable<RunState["cancel"]>): void {
  const root = ctx.state.frames[""];
  if (root === undefined) return;
  ctx.state.cancel = cancel;
  unwindFrame(ctx, root, { kind: "cancel" });
}

function settleAgenda(ctx: Context): void {
  for (let index = 0; index < ctx.agenda.length; index++) {
    const work = ctx.agenda[index];
    if (work === undefined) continue;
    if (work.type === "close") closeFrame(ctx, work.frame);
    else if (ctx.state.frames[work.frame.key] === undefined) continue;
    else if (work.type === "consider") consider(ctx, work.frame, work.id);
    else cancelNodes(ctx, work.frame, work.ids);
  }
  ctx.agenda.length = 0;
}

function closeFrame(ctx: Context, frame: Frame): void {
  const { state } = ctx;
  if (state.frames[frame.key] === undefined) return;
  if (frame.active > 0 || (frame.remaining > 0 && frame.unwind === null)) return;
  delete state.frames[frame.key];
  if (frame.owner === null) {
    state.exiting = reasonOf(frame.unwind, "");
    ctx.commands.push({ type: "exit", path: "", nodeId: null, reason: state.exiting });
    return;
  }
  const box = locateBox(ctx, frame.owner);
  if (box !== null) frameClosed(ctx, box, frame);
}

/** Gives places that became free to steps that `maxParallel` held back. */
function startHeld(ctx: Context): void {
  const { plan, state } = ctx;
  let index = state.heldFrom;
  for (; index < state.held.length && state.executing < plan.maxParallel; index++) {
    const at = locate(plan, state, state.held[index] ?? "");
    if (at?.status.phase !== "held") continue;
    at.status.phase = "running";
    state.executing += 1;
    ctx.commands.push(startCommand(at.path, at.node, at.status));
  }
  state.heldFrom = index;
  if (index * 2 < state.held.length) return;
  state.held.splice(0, index);
  state.heldFrom = 0;
}
