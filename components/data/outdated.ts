import type { QueryCache } from "@tanstack/react-query";

/** Shown answers that could not be brought up to date, from the moment it failed until it succeeds. */
export class Outdated {
  readonly #cache: QueryCache;
  readonly #reasons = new Map<string, unknown>();

  constructor(cache: QueryCache) {
    this.#cache = cache;
  }

  readonly subscribe = (listener: () => void): (() => void) =>
    this.#cache.subscribe((event) => {
      const { query } = event;
      const { data, fetchStatus, fetchFailureReason } = query.state;
      const isGone = event.type === "removed" || query.getObserversCount() === 0;
      if (isGone || (event.type === "updated" && event.action.type === "success")) this.#reasons.delete(query.queryHash);
      else if (event.type === "updated" && event.action.type === "setState" && data !== undefined && fetchStatus === "idle" && fetchFailureReason !== null) this.#reasons.set(query.queryHash, fetchFailureReason);
      listener();
    });

  /** Why; null when all that is shown is as the server last said. */
  readonly read = (): unknown => this.#reasons.values().next().value ?? null;
}
