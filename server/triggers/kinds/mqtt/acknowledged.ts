/** Clocks of workers and of the database differ by less. */
const CLOCKS_DIFFER_MS = 10_000;

/**
 * Up to when the broker has certainly seen our acknowledgements. A message that it sends once more can be one of the events since then,
 * and of no earlier one: those with the same id and content were others.
 */
export class Acknowledged {
  #upTo: number | null;
  #asked: number | null = null;
  #begun: number | null = null;
  #isNews = false;

  constructor(
    checkpoint: unknown,
    private readonly now: () => number = Date.now,
  ) {
    const { acknowledgedUpTo } = (typeof checkpoint === "object" && checkpoint !== null ? checkpoint : {}) as { acknowledgedUpTo?: unknown };
    const time = typeof acknowledgedUpTo === "string" ? Date.parse(acknowledgedUpTo) : Number.NaN;
    this.#upTo = Number.isNaN(time) ? null : time;
  }

  /** Around the recording of a message, one at a time; its acknowledgement follows. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#begun = this.now();
    await work();
    this.#begun = null;
    this.#isNews = true;
  }

  /** A ping goes out: behind the acknowledgements of all that was recorded by now. */
  ask(): void {
    this.#asked = this.#begun ?? this.now();
  }

  /** Its answer came. What is worth to be remembered, if anything. */
  confirm(): { acknowledgedUpTo: string } | null {
    if (this.#asked === null || !this.#isNews) return null;
    this.#upTo = this.#asked;
    this.#isNews = this.#begun !== null;
    return { acknowledgedUpTo: new Date(this.#upTo).toISOString() };
  }

  /** Age in seconds of the oldest event whose acknowledgement the broker may not have seen. */
  openSeconds(longest: number): number {
    return this.#upTo === null ? longest : Math.min(longest, Math.max(0, this.now() - this.#upTo + CLOCKS_DIFFER_MS) / 1_000);
  }
}
