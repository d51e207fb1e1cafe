/** Places for steps that execute at the same time; who comes first is served first. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(readonly total: number) {
    this.#free = total;
  }

  get busy(): number {
    return this.total - this.#free;
  }

  /** Rejects with the reason of the abort when that comes before there is a place. */
  async acquire(abort: { readonly signal: AbortSignal }): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(abort.signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(come);
        reject(signal.reason as Error);
      };
      const come = (): void => {
        this.#waiting.delete(come);
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      this.#waiting.add(come);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
