import { pause } from "@/server/queue/repeat";
import { takeBulkJob } from "./lease";
import { workOn } from "./work";

/** How often a process looks for a job that another left, or that could not go on. */
const LOOK_MS = 5_000;

export interface BulkRuntime {
  stop(): Promise<void>;
}

// The pages' own copy of this module is another one than that of the start.
const holder = globalThis as typeof globalThis & { millraceWakeBulkJobs?: () => void };

/** Somebody has begun one: in this process nobody waits for the next look. */
export function wakeBulkJobs(): void {
  holder.millraceWakeBulkJobs?.();
}

/** What a web process does for jobs: one turn at a time, and each job in one process at a time. */
export function startBulkJobs(report: (error: unknown) => void, lookMs = LOOK_MS): BulkRuntime {
  const stopped = new AbortController();
  let sleep = new AbortController();
  let isWoken = false;
  holder.millraceWakeBulkJobs = () => {
    isWoken = true;
    sleep.abort();
  };
  const working = (async () => {
    while (!stopped.signal.aborted) {
      isWoken = false;
      await workOnBulkJobs(stopped.signal).catch(report);
      if (isWoken) continue;
      sleep = new AbortController();
      await pause(lookMs, AbortSignal.any([stopped.signal, sleep.signal]));
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await working;
    },
  };
}

/** Turn by turn, until none is due. Answers how many turns that were. */
export async function workOnBulkJobs(signal: AbortSignal = new AbortController().signal): Promise<number> {
  let turns = 0;
  for (let job = await takeBulkJob(); job !== null; job = signal.aborted ? null : await takeBulkJob()) {
    await workOn(job, signal);
    turns += 1;
  }
  return turns;
}
