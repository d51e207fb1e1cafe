import type { WorkflowNode } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import { afterFailure, afterSuccess, CANCELLED, DONE, ended, row, type NodeResult, type World } from "./reference-world";

/** One step with all its attempts and waits. */
export function evaluateStep(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number, taken: string): NodeResult {
  const facts: string[] = [];
  let begin = start;
  for (let attempt = 1; ; attempt++) {
    facts.push(`start ${path}#${attempt} from ${taken}`);
    const result = evaluateAttempt(world, node, path, attempt, begin, cancelAt);
    facts.push(...result.facts);
    if (result.type !== "failed") return { ...result.outcome, facts };
    const next = result.retryable ? nextAttempt(world, node, attempt, start, result) : null;
    if (next === null) return afterFailure(world, node, path, { end: result.end, error: `${path}#${attempt}`, fatal: result.fatal, facts });
    if (cancelAt <= next) return ended(cancelAt, CANCELLED, facts);
    begin = next;
  }
}

type AttemptResult = { type: "ended"; outcome: NodeResult; facts: string[] } | { type: "failed"; end: number; retryable: boolean; fatal: boolean; notBefore: number | null; facts: string[] };

function evaluateAttempt(world: World, node: WorkflowNode, path: Path, attempt: number, start: number, cancelAt: number): AttemptResult {
  const facts: string[] = [];
  const finish = (outcome: NodeResult): AttemptResult => ({ type: "ended", outcome, facts });
  const cancelled = (at: number, status = "cancelled"): AttemptResult => {
    facts.push(row(path, attempt, status));
    return finish(ended(at, CANCELLED, []));
  };
  let begin = start;
  for (let resumes = 0; ; resumes++) {
    const end = begin + world.stepTime(path, attempt, resumes);
    const reply = world.script.step(node, path, attempt, resumes);
    if (cancelAt <= end) {
      const aborted = cancelAt + world.script.abort(path, attempt);
      if (aborted === end) world.tie = true;
      return end < aborted && reply.status !== "waiting" ? cancelled(end, reply.status) : cancelled(Math.min(end, aborted));
    }
    if (reply.status === "waiting") {
      const expiry = end + (reply.until ?? Infinity);
      const answer = end + (reply.signal ?? Infinity);
      if (reply.until !== null && reply.signal !== null) world.racy = true;
      if (expiry === answer) world.tie = true;
      begin = Math.min(expiry, answer);
      if (reply.remind !== null) {
        world.racy = true;
        if (end + reply.remind < Math.min(begin, cancelAt)) facts.push(`remind ${path}#${attempt}`);
      }
      if (cancelAt <= begin) return cancelled(cancelAt);
      facts.push(`resume ${path}#${attempt} ${reply.kind === "turn" ? "turn" : answer < expiry ? "signal" : "elapsed"}`);
      continue;
    }
    facts.push(row(path, attempt, reply.status));
    if (reply.status === "failed") return { type: "failed", end, retryable: reply.retryable, fatal: reply.fatal, notBefore: reply.notBefore, facts };
    if (reply.status === "skipped" && reply.entirely) return finish({ end, ending: DONE, facts: [], port: "out", untaken: world.script.edgesOf(node, "out") });
    if (reply.status === "skipped") return finish(afterSuccess(world, node, path, end, "out", []));
    if (node.kind === "stop" || node.kind === "break" || node.kind === "continue") return finish(ended(end, { type: "interrupted", kind: node.kind, by: path }, []));
    return finish(afterSuccess(world, node, path, end, reply.port, []));
  }
}

/** When the attempt after `attempt` begins, or null when there is none. Scripts have no jitter. */
function nextAttempt(world: World, node: WorkflowNode, attempt: number, firstStart: number, failed: { end: number; notBefore: number | null }): number | null {
  const policy = node.retry;
  if (policy === undefined || attempt >= policy.maxAttempts) return null;
  const grown = policy.strategy === "constant" ? policy.delaySeconds : policy.delaySeconds * policy.factor ** (attempt - 1);
  const next = failed.end + Math.max(Math.min(grown, policy.maxDelaySeconds) * 1_000, failed.notBefore ?? 0);
  if (policy.maxElapsedSeconds !== undefined) {
    world.racy = true;
    if (next - firstStart === policy.maxElapsedSeconds * 1_000) world.tie = true;
    if (next - firstStart > policy.maxElapsedSeconds * 1_000) return null;
  }
  return next;
}
