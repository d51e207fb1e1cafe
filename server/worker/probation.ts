import type { ClaimedRun } from "@/server/engine/ports";
import { isAccused, watchMs } from "@/server/engine/suspects";

/** Of the least time that a suspect is watched. */
const STRICT_FACTOR = 10;

/** The one suspect that a worker watches: until it has done a step, or has done no harm for long enough; then others have their turn first. */
export class Probation {
  #claim: ClaimedRun | null = null;
  #timer: NodeJS.Timeout | undefined;
  #strictTimer: NodeJS.Timeout | undefined;
  #isStrict = false;
  #mayClaim = true;

  constructor(
    private readonly leastMs: number,
    private readonly ended: () => void,
  ) {}

  get isUnderWay(): boolean {
    return this.#claim !== null;
  }

  /** Nothing else is taken meanwhile. Not for as long as it is watched: others would stand still for hours beside a long step. */
  get isStrict(): boolean {
    return this.#isStrict;
  }

  /** Whether the next claim may be one of a suspect. */
  takeTurn(): boolean {
    if (this.#claim !== null) return false;
    const mayClaim = this.#mayClaim;
    this.#mayClaim = true;
    return mayClaim;
  }

  begin(claim: ClaimedRun): void {
    this.#claim = claim;
    this.#isStrict = isAccused(claim);
    if (this.#isStrict) this.#strictTimer = setTimeout(() => this.#relax(), this.leastMs * STRICT_FACTOR);
  }

  /** It is under way: from here on it counts how long it does no harm. `clear` makes known that it did none. */
  watch(claim: ClaimedRun, clear: () => Promise<void>): void {
    if (!this.#isOf(claim)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void clear().then(() => this.end(claim), () => {}), watchMs(claim, this.leastMs));
  }

  end(claim: ClaimedRun): void {
    if (!this.#isOf(claim)) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#strictTimer);
    this.#isStrict = false;
    this.#claim = null;
    this.#mayClaim = false;
    this.ended();
  }

  #relax(): void {
    this.#isStrict = false;
    this.ended();
  }

  /** The same run may have been held here before. */
  #isOf({ id, epoch }: ClaimedRun): boolean {
    return this.#claim?.id === id && this.#claim.epoch === epoch;
  }
}
