import { setTimeout as delay } from "node:timers/promises";
import { isConnectionProblem } from "@/server/queue/database-errors";

const RETRY_MS = 100;

/** Repeats what may be repeated while the database is away; no longer than the lease, since then the run is another's. `but`: what is not repeated all the same. */
export async function patiently<T>(patienceMs: number, attempt: () => Promise<T>, but: (error: unknown) => boolean = () => false): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConnectionProblem(error) || but(error) || performance.now() > until) throw error;
      await delay(RETRY_MS);
    }
  }
}
