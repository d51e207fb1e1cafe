import type { AdmissionAnswer, Place } from "@/server/engine/ports";
import { refusedWrite } from "@/server/worker/finish";
import { gatesOf } from "@/server/worker/gates";
import type { RunSession } from "@/server/worker/session";
import { LeaseLost } from "@/server/worker/step-failure";

/** Under the limits of its workflow a run waits outside, unless it is only to be cancelled. Null: it does not go on here. */
export async function passGates({ run, now, inbox, timers }: RunSession): Promise<{ place?: Place | undefined } | null> {
  const { claim, worker } = run;
  const { id: runId, workspaceId, epoch, mutexKey, inboxSeq } = claim;
  const gates = await gatesOf(run, now);
  if (gates === null) return {};
  if (mutexKey !== null) return { place: gates.place };
  if (inboxSeq > 0) await inbox.pull();
  let answer: AdmissionAnswer | undefined;
  while (answer === undefined || answer.kind === "inbox_changed") {
    if (answer !== undefined) await inbox.pull();
    if (inbox.hasCancel) return {};
    answer = await worker.store.admit({ runId, workspaceId, epoch, inboxSeq: inbox.lastSeq, gates });
  }
  switch (answer.kind) {
    case "lost":
      throw new LeaseLost("the lease is lost");
    case "admitted":
      if (gates.place !== undefined) claim.mutexKey = gates.place.key;
      return { place: gates.place };
    case "refused": {
      const finishedAt = worker.clock.now();
      await worker.store.flush(refusedWrite(claim, answer, finishedAt));
      worker.observer?.runEnded(claim, { status: "cancelled", finishedAt });
      return null;
    }
    case "delayed":
      timers.putBack("gate", answer.dueAt);
      return null;
    case "blocked":
      return null;
  }
}
