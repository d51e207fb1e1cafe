import { flushActivity } from "@/server/triggers/activity";
import { cleanUpUnused } from "@/server/triggers/clean-up";
import { dispatchDue } from "@/server/triggers/dispatch";
import { Listeners } from "@/server/triggers/listeners";
import { recordEvent } from "@/server/triggers/intake";
import { lookAtKept } from "@/server/triggers/kept";
import { takeLeftoversAway } from "@/server/triggers/leftovers";
import { closeMappings } from "@/server/triggers/map-input";
import { settleRuns } from "@/server/triggers/settle";
import { repeat } from "@/server/queue/repeat";
import { endPauses } from "@/server/triggers/pause";
import { pollDue } from "@/server/triggers/polling";
import { closeOutboundHttp } from "@/server/triggers/outbound";
import { keepSubscriptions } from "@/server/triggers/subscriptions";
import { kindsOfType, sourceOf } from "@/server/triggers/sources";

/** How often a process looks for events that nobody turned into runs, and for those to be tried again. */
const LOOK_MS = 1_000;
const CLEAN_MS = 10_000;

export interface TriggerRuntime {
  stop(): Promise<void>;
}

/** What a worker process does for triggers: dispatches what is due, listens for what it holds the lease of, serves shared servers. */
export function startTriggers(report: (error: unknown) => void): TriggerRuntime {
  const stopped = new AbortController();
  const listeners = new Listeners(report);
  listeners.start();
  const servers = kindsOfType("server").map((kind) => {
    const source = sourceOf(kind);
    const log = (message: string, fields?: Record<string, unknown>) => report(Object.assign(new Error(message), fields));
    return source.type === "server" ? source.serve({ record: recordEvent, signal: stopped.signal, log }).catch(report) : Promise.resolve();
  });
  const looking = [
    // Mappings take their time, too.
    repeat(() => dispatchDue(stopped.signal, report), LOOK_MS, stopped.signal, report),
    repeat(endPauses, LOOK_MS, stopped.signal, report),
    repeat(settleRuns, LOOK_MS, stopped.signal, report),
    repeat(() => pollDue(stopped.signal), LOOK_MS, stopped.signal, report),
    // Providers take their time: nobody else waits for them.
    repeat(() => keepSubscriptions(stopped.signal), LOOK_MS, stopped.signal, report),
    repeat(cleanUpUnused, CLEAN_MS, stopped.signal, report),
    repeat(lookAtKept, CLEAN_MS, stopped.signal, report),
    repeat(takeLeftoversAway, CLEAN_MS, stopped.signal, report),
  ];
  return {
    stop: async () => {
      stopped.abort();
      await Promise.all([listeners.stop(), ...looking, ...servers]);
      await flushActivity();
      await closeMappings();
      await closeOutboundHttp();
    },
  };
}
