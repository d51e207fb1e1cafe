import type { RunWrite } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";

type Finish = NonNullable<RunWrite["finish"]>;

/** The store, telling the bench when a run's end is durable. */
export class WatchedStore extends PgRunStore {
  readonly #awaited = new Map<string, (finish: Finish) => void>();
  readonly #following = new Map<string, () => void>();
  #counting: { left: number; resolve: () => void } | undefined;

  finished(runId: string): Promise<Finish> {
    return new Promise((resolve) => this.#awaited.set(runId, resolve));
  }

  /** Resolves when so many more runs have ended. */
  finishes(count: number): Promise<void> {
    return new Promise((resolve) => (this.#counting = { left: count, resolve }));
  }

  /** Resolves when something more of the run is durable. */
  written(runId: string): Promise<void> {
    return new Promise((resolve) => this.#following.set(runId, resolve));
  }

  override async flush(write: RunWrite): Promise<"ok" | "lost"> {
    const result = await super.flush(write);
    this.#following.get(write.runId)?.();
    this.#following.delete(write.runId);
    if (result !== "ok" || write.finish === undefined) return result;
    if (this.#counting !== undefined && --this.#counting.left === 0) this.#counting.resolve();
    this.#awaited.get(write.runId)?.(write.finish);
    this.#awaited.delete(write.runId);
    return result;
  }
}
