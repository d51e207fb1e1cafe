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
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let watchedAt = -Infinity;
  const once = async () => {
    if (performance.now() - watchedAt > WATCH_EVERY_MS) {
      watchedAt = performance.now();
      await watchQueues().catch(report);
    }
    await deliverDue();
  };
  const look = () => {
    looking = once().catch(report).finally(() => {
      if (!stopped) timer = setTimeout(look, LOOK_MS);
    });
  };
  look();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await closeAlertHttp();
    },
  };
}
