interface Entry<Value> {
  value: Promise<Value>;
  until: number;
}

/** Answers that several callers share for a moment. One that failed is forgotten. */
export class Shared<Value> {
  readonly #entries = new Map<string, Entry<Value>>();

  constructor(
    private readonly capacity = 1_000,
    private readonly now: () => number = Date.now,
  ) {}

  /** `freshMs` counts from the answer, so that a slow look is not begun again while it goes on. */
  get(key: string, freshMs: number, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.now() < known.until) return known.value;
    const entry: Entry<Value> = { value: make(), until: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#forgetOldest();
    entry.value.then(
      () => (entry.until = this.now() + freshMs),
      () => (this.#entries.get(key) === entry ? this.#entries.delete(key) : undefined),
    );
    return entry.value;
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.capacity && oldest !== undefined) this.#entries.delete(oldest);
  }
}
