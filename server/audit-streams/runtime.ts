import { repeat } from "@/server/queue/repeat";
import { deliverStreams } from "./deliver";

/** Entries are sealed once a minute; what is sent has been sealed. */
const LOOK_MS = 5_000;

export interface AuditStreamsRuntime {
  stop(): Promise<void>;
}

/** What a worker process does for the streams of the audit log. */
export function startAuditStreams(report: (error: unknown) => void): AuditStreamsRuntime {
  const stopped = new AbortController();
  const looking = repeat(() => deliverStreams(stopped.signal), LOOK_MS, stopped.signal, report);
  return {
    stop: async () => {
      stopped.abort();
      await looking;
    },
  };
}
