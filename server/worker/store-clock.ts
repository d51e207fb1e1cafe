import type { Clock } from "@/server/worker/ports";

/** What may be the way from the store to here is no difference between the clocks. */
const TOLERANCE_MS = 50;

/**
 * The clock of the store, by which waiting runs become due, told from its answers. A worker that went by the clock of its own
 * machine would find runs not due yet that the store has just handed out as due, and give them back at once, again and again.
 */
export class StoreClock implements Clock {
  #ahead = 0;

  constructor(private readonly machine: Clock) {}

  now(): number {
    return this.machine.now() + this.#ahead;
  }

  /** The store read its clock between asking, by the machine's clock, and now. */
  follow(storeNow: number, askedAt: number): void {
    const [least, most] = [storeNow - this.machine.now(), storeNow - askedAt];
    if (this.#ahead >= least - TOLERANCE_MS && this.#ahead <= most + TOLERANCE_MS) return;
    this.#ahead = Math.round((least + most) / 2);
  }
}
