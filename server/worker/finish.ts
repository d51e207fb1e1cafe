import type { EngineCommand } from "@/server/engine/events";
import type { ClaimedRun, NewMessage, RunWrite } from "@/server/engine/ports";
import { filesGiven } from "@/server/expressions/blob-ids";
import { encodeValue } from "@/server/expressions/encoding";
import type { StepError } from "@/server/nodes/runner";
import type { RunSession } from "@/server/worker/session";

type Finish = NonNullable<RunWrite["finish"]>;

/** The end of a run as it is stored. A parent that waits for it is told in the same transaction. */
export async function finishWrite(session: RunSession, command: Extract<EngineCommand, { type: "finishRun" }>): Promise<Finish> {
  const { run } = session;
  const { status, source, reason } = command;
  const output = status === "succeeded" ? (session.runExit.output?.text ?? "null") : null;
  const error = command.error === undefined ? null : await errorText(session, command.error);
  const message = resultForParent(run.claim, status, output, error);
  const payload = message === null ? "" : await run.payloads.store(message.payload);
  const told = message === null ? null : { ...message, payload, files: filesGiven([run.claim.id], payload, message.payload) };
  const stored = output === null ? null : await run.payloads.store(output);
  // With the end itself: nothing is awaited in between, so no flush takes one without the other.
  if (told !== null) session.journal.buffer.message(told);
  return {
    status,
    output: stored,
    error,
    ...(source === undefined ? {} : { source }),
    ...(reason === undefined ? {} : { reason }),
    finishedAt: session.now,
  };
}

async function errorText(session: RunSession, ref: NonNullable<Extract<EngineCommand, { type: "finishRun" }>["error"]>): Promise<string> {
  const own = "code" in ref || ref.path !== "" ? null : session.runExit.error;
  return encodeValue(own ?? (await session.run.errorOf(ref)));
}

function resultForParent(claim: ClaimedRun, status: Finish["status"], output: string | null, error: string | null): (NewMessage & { payload: string }) | null {
  const { parent } = claim;
  if (parent === null) return null;
  const payload = `{"runId":"${claim.id}","status":"${status}","output":${output ?? "null"},"error":${error ?? "null"}}`;
  return {
    runId: parent.runId,
    kind: "child",
    path: parent.path,
    attempt: parent.attempt,
    name: null,
    payload,
    key: `child:${claim.id}`,
  };
}

/** Ends a run that cannot be carried out at all: its version is gone, or workers keep being lost on it. */
export function finishUnrunnable(claim: ClaimedRun, error: StepError, finishedAt: number): RunWrite {
  const text = encodeValue(error);
  return endedFromOutside(claim, { status: "failed", output: null, error: text, source: "system", finishedAt });
}

/** Ends a run that a limit did not let start. */
export function refusedWrite(claim: ClaimedRun, { reason, counts }: { reason: string; counts: boolean }, finishedAt: number): RunWrite {
  return endedFromOutside(claim, { status: "cancelled", output: null, error: null, source: counts ? "system" : "limit", reason, finishedAt });
}

function endedFromOutside(claim: ClaimedRun, finish: Finish): RunWrite {
  const message = resultForParent(claim, finish.status, null, finish.error);
  return {
    runId: claim.id,
    workspaceId: claim.workspaceId,
    epoch: claim.epoch,
    steps: [],
    events: [],
    logs: [],
    checkpoints: [],
    progress: [],
    waits: [],
    children: [],
    messages: message === null ? [] : [message],
    abandons: true,
    finish,
  };
}
