import { fail, raise } from "./boxes";
import { endWait, setTimer, timerId } from "./cancel";
import type { Path, Resumption, StepOutcome, WaitSpec } from "./events";
import { launch, settle } from "./frames";
import { nextAttemptAt } from "./retry";
import { locate, parentPath, splitIteration, type Context, type Instance } from "./state";

/** What steps do: end, fail and back off, wait and go on. */

export function stepEnded(ctx: Context, at: Instance, outcome: StepOutcome): void {
  ctx.state.executing -= 1;
  delete at.status.resume;
  delete at.status.wait;
  switch (outcome.status) {
    case "succeeded":
      return succeeded(ctx, at, outcome);
    case "skipped":
      return settle(ctx, at.frame, at.node, at.status, "skipped", at.status.cancelling ? null : "out", outcome.untaken);
    case "failed":
      return failed(ctx, at, outcome);
    case "cancelled":
      if (at.status.cancelling || at.frame.unwind !== null) return settle(ctx, at.frame, at.node, at.status, "cancelled", null);
      return fail(ctx, at, { code: "cancelled", message: "the step was cancelled", path: at.path }, {});
    case "waiting":
      return waits(ctx, at, outcome.wait);
  }
}

function succeeded(ctx: Context, at: Instance, outcome: { port?: string; untaken?: number[] }): void {
  const { path, frame, node, status } = at;
  if (frame.unwind === null && !status.cancelling) {
    if (node.role === "stop") return raise(ctx, at, "succeeded", { kind: "stop", target: "", by: path });
    if (node.role === "break" || node.role === "continue") return raise(ctx, at, "succeeded", { kind: node.role, target: enclosingLoop(path), by: path });
  }
  settle(ctx, frame, node, status, "succeeded", status.cancelling ? null : (outcome.port ?? "out"), outcome.untaken);
}

/** Path of the loop whose iteration holds `path`; `` (the run) when there is none. */
export function enclosingLoop(path: Path): Path {
  for (let parent = parentPath(path); parent !== ""; parent = parentPath(parent)) {
    const iteration = splitIteration(parent);
    if (iteration !== null) return iteration.loop;
  }
  return "";
}

function failed(ctx: Context, at: Instance, outcome: { retryable: boolean; untaken?: number[]; fatal?: boolean; notBefore?: number }): void {
  const { path, frame, node, status } = at;
  const error = { path, attempt: status.attempt };
  const mayRetry = outcome.retryable && frame.unwind === null && !status.cancelling && node.retry !== null;
  const next = mayRetry && node.retry !== null
    ? nextAttemptAt({ policy: node.retry, attempt: status.attempt, firstAt: status.firstAt, failedAt: ctx.at, notBefore: outcome.notBefore ?? 0, seed: `${ctx.state.startedAt}:${path}` })
    : null;
  if (next === null) return fail(ctx, at, error, outcome);
  status.phase = "backoff";
  status.error = error;
  setTimer(ctx, timerId("retry", path, status.attempt), next);
}

function waits(ctx: Context, at: Instance, wait: WaitSpec): void {
  const { path, frame, node, status } = at;
  if (status.cancelling || frame.unwind !== null) {
    ctx.commands.push({ type: "closeWait", path, attempt: status.attempt, wait, cancelled: true });
    return settle(ctx, frame, node, status, "cancelled", null);
  }
  status.phase = "waiting";
  status.wait = wait;
  ctx.commands.push({ type: wait.kind === "child" ? "startChild" : "openWait", path, attempt: status.attempt, wait });
  if (wait.until !== undefined) setTimer(ctx, timerId("wait", path, status.attempt), wait.until);
  if (wait.remindAt !== undefined) setTimer(ctx, timerId("remind", path, status.attempt), wait.remindAt);
}

/** A waiting step goes on. */
export function resume(ctx: Context, at: Instance, resumption: Resumption): void {
  const { path, node, status } = at;
  const isTurn = status.wait?.kind === "turn";
  if (status.wait !== undefined) endWait(ctx, path, status, status.wait, false);
  status.resume = isTurn ? { cause: "turn" } : resumption;
  launch(ctx, path, node, status);
}

/** A step's timer fired: `retry`, `wait` or `remind`. */
export function stepTimer(ctx: Context, kind: string, target: string): void {
  const cut = target.lastIndexOf("#");
  const at = locate(ctx.plan, ctx.state, target.slice(0, cut));
  if (at === null || at.status.attempt !== Number(target.slice(cut + 1))) return;
  if (kind === "retry" && at.status.phase === "backoff") {
    at.status.attempt += 1;
    launch(ctx, at.path, at.node, at.status);
  } else if (kind === "wait" && at.status.phase === "waiting") {
    resume(ctx, at, { cause: "elapsed" });
  } else if (kind === "remind" && at.status.phase === "waiting" && at.status.wait !== undefined) {
    ctx.commands.push({ type: "remind", path: at.path, attempt: at.status.attempt, wait: at.status.wait });
  }
}
