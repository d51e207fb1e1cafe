import type { ClaimedRun } from "@/server/engine/ports";

/** A worker that has claimed a suspect takes nothing else until that has done a step, or has not killed it for a while; then others have their turn first. */
export class Probation {
  #claim: ClaimedRun | null = null;
  #timer: NodeJS.Timeout | undefined;
  #mayClaim = true;

  constructor(
    private readonly lastsMs: number,
    private readonly ended: () => void,
  ) {}

  get isUnderWay(): boolean {
    return this.#claim !== null;
  }

  /** Whether the next claim may be one of a suspect. */
  takeTurn(): boolean {
    const mayClaim = this.#mayClaim;
    this.#mayClaim = true;
    return mayClaim;
  }

  begin(claim: ClaimedRun): void {
    this.#claim = claim;
  }

  /** It is under way: from here on it counts how long it does no harm. `clear` makes known that it did none. */
  watch(claim: ClaimedRun, clear: () => Promise<void>): void {
    if (!this.#isOf(claim)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void clear().then(() => this.end(claim), () => {}), this.lastsMs);
  }

  end(claim: ClaimedRun): void {
    if (!this.#isOf(claim)) return;
    clearTimeout(this.#timer);
    this.#claim = null;
    this.#mayClaim = false;
    this.ended();
  }

  /** The same run may have been held here before. */
  #isOf({ id, epoch }: ClaimedRun): boolean {
    return this.#claim?.id === id && this.#claim.epoch === epoch;
  }
}
