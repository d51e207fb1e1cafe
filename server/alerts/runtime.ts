import { repeat } from "@/server/queue/repeat";
import { deliverDue } from "./deliver";
import { closeAlertHttp } from "./outbound";
import { watchQueues } from "./watch-queues";

const LOOK_MS = 1_000;
const WATCH_EVERY_MS = 10_000;

export interface AlertsRuntime {
  stop(): Promise<void>;
}

/** What a worker process does for notifications: sends what is due, and watches the queues that rules name. */
export function startAlerts(report: (error: unknown) => void): AlertsRuntime {
  const stopped = new AbortController();
  let watchedAt = -Infinity;
  const once = async () => {
    if (performance.now() - watchedAt > WATCH_EVERY_MS) {
      watchedAt = performance.now();
      await watchQueues().catch(report);
    }
    await deliverDue(stopped.signal);
  };
  const looking = repeat(once, LOOK_MS, stopped.signal, report);
  return {
    stop: async () => {
      stopped.abort();
      await looking;
      await closeAlertHttp();
    },
  };
}
