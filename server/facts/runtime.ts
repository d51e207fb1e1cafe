import { repeat } from "@/server/queue/repeat";
import { dispatchFacts } from "./dispatch-facts";
import { hasDueFacts } from "./fact-rows";
import { followRuns, isAnybodyListening } from "./follow-runs";
import { watchWorkers } from "./watch-workers";

const LOOK_MS = 1_000;
const WATCH_EVERY_MS = 10_000;

export interface FactsRuntime {
  stop(): Promise<void>;
}

/** What a worker process does for facts of the platform: looks whether there are any, and turns them into what follows from them. */
export function startFacts(report: (error: unknown) => void): FactsRuntime {
  const stopped = new AbortController();
  let watchedAt = -Infinity;
  const once = async () => {
    const isWatching = performance.now() - watchedAt > WATCH_EVERY_MS;
    const [areChangesWanted, areFactsDue] = await Promise.all([isAnybodyListening(), hasDueFacts()]);
    if (areChangesWanted) await followRuns();
    if (isWatching) {
      watchedAt = performance.now();
      await watchWorkers();
    }
    if (areChangesWanted || areFactsDue || isWatching) await dispatchFacts();
  };
  const looking = repeat(once, LOOK_MS, stopped.signal, report);
  return {
    stop: async () => {
      stopped.abort();
      await looking;
    },
  };
}
