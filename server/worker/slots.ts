import { rankOf } from "@/server/queue/rank";

/** Places for steps that execute at the same time. Who comes first is served first, as in the queue: each point of priority is worth a minute. */
export class Slots {
  #free: number;
  readonly #waiting = new Map<() => void, number>();

  constructor(
    readonly total: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#free = total;
  }

  get busy(): number {
    return this.total - this.#free;
  }

  /** Rejects with the reason of the abort when that comes before there is a place. */
  async acquire(abort: { readonly signal: AbortSignal }, priority = 0): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(abort.signal, rankOf(this.now(), priority));
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#first();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  #first(): (() => void) | undefined {
    let first: [() => void, number] | undefined;
    for (const one of this.#waiting) if (first === undefined || one[1] < first[1]) first = one;
    return first?.[0];
  }

  #turn(signal: AbortSignal, rank: number): Promise<void> {
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
      this.#waiting.set(come, rank);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
