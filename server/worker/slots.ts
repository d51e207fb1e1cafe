import { rankOf } from "@/server/queue/rank";
import { fits, NO_NEEDS, UNBOUNDED, type Needs } from "@/server/worker/capacity";

interface Waiting {
  come: () => void;
  rank: number;
  needs: Needs;
}

/**
 * Places for steps that execute at the same time. Who comes first is served first, as in the queue: each point of priority is worth a minute.
 * Steps that ask for a share of the worker besides wait until it is free, in that order among themselves; others pass them by meanwhile.
 */
export class Slots {
  #free: number;
  readonly #left: Needs;
  readonly #waiting = new Set<Waiting>();

  constructor(
    readonly total: number,
    private readonly now: () => number = () => performance.now(),
    readonly capacity: Needs = UNBOUNDED,
  ) {
    this.#free = total;
    this.#left = { ...capacity };
  }

  get busy(): number {
    return this.total - this.#free;
  }

  /** Whether there is a place at once. */
  mayTake(needs: Needs = NO_NEEDS): boolean {
    return this.#free > 0 && fits(needs, this.#left) && !(asks(needs) && this.#first(asks) !== undefined);
  }

  /** Whether it is the share of the worker that is missing, not a place. */
  get hasPlace(): boolean {
    return this.#free > 0;
  }

  /** Rejects with the reason of the abort when that comes before there is a place. What is more than the capacity never comes to its turn. */
  async acquire(abort: { readonly signal: AbortSignal }, priority = 0, needs: Needs = NO_NEEDS): Promise<() => void> {
    if (this.mayTake(needs)) this.#take(needs);
    else await this.#turn(abort.signal, rankOf(this.now(), priority), needs);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#free += 1;
      this.#left.cpu += needs.cpu;
      this.#left.memoryMb += needs.memoryMb;
      this.#fill();
    };
  }

  #take(needs: Needs): void {
    this.#free -= 1;
    this.#left.cpu -= needs.cpu;
    this.#left.memoryMb -= needs.memoryMb;
  }

  #fill(): void {
    while (this.#free > 0) {
      const asking = this.#first(asks);
      const next = [asking !== undefined && fits(asking.needs, this.#left) ? asking : undefined, this.#first((needs) => !asks(needs))]
        .filter((one) => one !== undefined)
        .reduce<Waiting | undefined>((first, one) => (first === undefined || one.rank < first.rank ? one : first), undefined);
      if (next === undefined) return;
      this.#take(next.needs);
      next.come();
    }
  }

  #first(suits: (needs: Needs) => boolean): Waiting | undefined {
    let first: Waiting | undefined;
    for (const one of this.#waiting) if (suits(one.needs) && (first === undefined || one.rank < first.rank)) first = one;
    return first;
  }

  #turn(signal: AbortSignal, rank: number, needs: Needs): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { come: () => undefined, rank, needs };
      const giveUp = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
        // It may have been what others waited behind.
        this.#fill();
      };
      waiting.come = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

function asks({ cpu, memoryMb }: Needs): boolean {
  return cpu > 0 || memoryMb > 0;
}
