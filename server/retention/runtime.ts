import { pause, repeat } from "@/server/queue/repeat";
import { sharedPool } from "@/server/db/client";
import { LeaseLost, releaseWorkspace, takeWorkspace, type Lease } from "./lease";
import { Round } from "./round";

/** How often a process looks for a workspace whose turn it is. */
const LOOK_MS = 30_000;
const NEXT_ROUND_SECONDS = 600;
const AFTER_FAILURE_SECONDS = 120;

export interface RetentionRuntime {
  stop(): Promise<void>;
}

/** What a worker process does for retention: one workspace at a time, and each workspace in one process at a time. */
export function startRetention(report: (error: unknown) => void, lookMs = LOOK_MS): RetentionRuntime {
  const stopped = new AbortController();
  // The first look waits, so that a start is about what people asked for.
  const working = pause(lookMs, stopped.signal).then(() => repeat(() => workOnDue(stopped.signal), lookMs, stopped.signal, report));
  return {
    stop: async () => {
      stopped.abort();
      await working;
    },
  };
}

/** Every workspace that is due, one after the other. Answers how many that were. */
export async function workOnDue(signal: AbortSignal = new AbortController().signal): Promise<number> {
  let worked = 0;
  for (let lease = await takeWorkspace(); lease !== null; lease = signal.aborted ? null : await takeWorkspace()) {
    await workOn(lease, signal);
    worked += 1;
  }
  return worked;
}

async function workOn(lease: Lease, signal: AbortSignal): Promise<void> {
  try {
    const { rows } = await sharedPool().query<{ now: Date }>("SELECT clock_timestamp() AS now");
    await new Round(lease, signal, rows[0]!.now.getTime()).work();
    await releaseWorkspace(lease, { nextInSeconds: signal.aborted ? 0 : NEXT_ROUND_SECONDS, error: null, done: !signal.aborted });
  } catch (error) {
    if (!(error instanceof LeaseLost)) await releaseWorkspace(lease, { nextInSeconds: AFTER_FAILURE_SECONDS, error: (error as Error).message, done: false });
    throw error;
  }
}
