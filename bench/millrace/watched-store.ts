import type { RunWrite } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";

type Finish = NonNullable<RunWrite["finish"]>;

/** The store, telling the bench when a run's end is durable. */
export class WatchedStore extends PgRunStore {
  readonly #awaited = new Map<string, (finish: Finish) => void>();
  /** Called with each durable end. */
  onFinish: ((runId: string, finish: Finish) => void) | undefined;

  finished(runId: string): Promise<Finish> {
    return new Promise((resolve) => this.#awaited.set(runId, resolve));
  }

  override async flush(write: RunWrite): Promise<"ok" | "lost"> {
    const result = await super.flush(write);
    if (result !== "ok" || write.finish === undefined) return result;
    this.onFinish?.(write.runId, write.finish);
    this.#awaited.get(write.runId)?.(write.finish);
    this.#awaited.delete(write.runId);
    return result;
  }
}
