import type { EngineCommand, EngineEvent, Path, WaitSpec } from "@/server/engine/events";
import type { NewRun } from "@/server/engine/ports";
import { nodeIdOf } from "@/server/engine/state";
import { encodeValue } from "@/server/expressions/encoding";
import type { ChildDetail } from "@/server/nodes/wait-details";
import type { RunContext } from "@/server/worker/run-context";
import type { RunSession } from "@/server/worker/session";

type WaitCommand = Extract<EngineCommand, { type: "openWait" | "startChild" | "closeWait" | "remind" }>;

/** Waits and child runs. After a replay (no cause) their rows exist already, written with the event that asked for them. */
export function carryOutWait(session: RunSession, command: WaitCommand, cause: EngineEvent | null): void {
  const { path, attempt, wait } = command;
  const { buffer } = session.journal;
  const at = session.now;
  switch (command.type) {
    case "openWait":
    case "startChild":
      session.inbox.open(path, attempt, wait);
      if (cause === null) return;
      buffer.wait({ op: "open", seq: session.state.seq, path, attempt, nodeId: nodeIdOf(path), wait, at });
      if (command.type === "startChild") buffer.child(childRun(session, path, attempt, wait));
      return;
    case "closeWait":
      session.inbox.close(path, attempt);
      buffer.wait({ op: "close", path, attempt, status: command.cancelled ? "cancelled" : cause?.type === "signal" ? "answered" : "expired", at });
      if (command.cancelled) session.attempts.endWaiting(path, attempt, at);
      if (wait.childRunId !== undefined && (command.cancelled || cause?.type === "timer" || (cause?.type === "signal" && session.inbox.hasToldToGiveWay(cause.ref)))) cancelChild(session, wait.childRunId);
      return;
    case "remind":
      buffer.wait({ op: "remind", path, attempt, at });
  }
}

function cancelChild(session: RunSession, childRunId: string): void {
  const payload = encodeValue({ source: "parent", reason: "the run that started it no longer waits for it" });
  session.journal.buffer.message({ runId: childRunId, kind: "cancel", path: null, attempt: null, name: null, payload, key: "cancel:parent" });
}

function childRun({ run, attempts }: RunSession, path: Path, attempt: number, wait: WaitSpec): NewRun {
  if (wait.childRunId === undefined) throw new Error(`${path} waits for a child run without an id`);
  return newChild(run, wait.childRunId, wait.detail as Omit<ChildDetail, "input">, attempts.takeChildInput(path, attempt), { runId: run.claim.id, path, attempt }, run.worker.observer?.traceOf(run.claim, path, attempt));
}

/** A detached run goes on without its parent: it has the same root and depth, but nobody waits for it. `trace`: as in `RunOptions`. */
export function newChild(run: RunContext, id: string, detail: Omit<ChildDetail, "input">, given: Pick<NewRun, "input" | "files">, parent: NewRun["parent"], trace?: string): NewRun {
  const { claim } = run;
  const isKept = claim.options.keepsPool === true;
  return {
    id,
    workspaceId: claim.workspaceId,
    workflowId: detail.workflowId,
    versionId: detail.versionId,
    mode: claim.mode,
    pool: isKept ? claim.homePool : (detail.pool ?? claim.homePool),
    priority: detail.priority ?? claim.priority,
    ...given,
    trigger: null,
    triggerKind: "subworkflow",
    parent,
    rootRunId: claim.rootRunId,
    depth: claim.depth + 1,
    labels: detail.labels,
    ...run.acting.ofChild(detail.versionId),
    environmentId: claim.environmentId ?? null,
    options: { ...(isKept ? { keepsPool: true } : {}), ...(trace === undefined ? {} : { trace }), ...(claim.options.environment === undefined ? {} : { environment: claim.options.environment }) },
  };
}
