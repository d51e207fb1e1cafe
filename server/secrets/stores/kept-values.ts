import type { ExternalStore } from "./port";

const KEPT = 2_000;

interface Kept<Value> {
  value: Promise<Value>;
  until: number;
}

/** What stores answered, in memory only and for a short time. Who asks for the same at the same time waits for one answer. */
export class KeptValues {
  readonly #stores = new Map<string, ExternalStore>();
  readonly #values = new Map<string, Kept<string>>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `id` changes when how the store is reached changes. */
  async read(id: string, open: () => ExternalStore, ref: string, seconds: number): Promise<string> {
    const key = `${id} ${ref}`;
    const kept = this.#values.get(key);
    if (kept !== undefined && kept.until > this.now()) return kept.value;
    const value = this.#store(id, open).read(ref);
    this.#values.set(key, { value, until: this.now() + seconds * 1_000 });
    this.#drop(this.#values);
    // What failed is asked for again by whoever comes next.
    value.catch(() => this.#values.delete(key));
    return value;
  }

  /** Keeps its sign-in. */
  #store(id: string, open: () => ExternalStore): ExternalStore {
    const store = this.#stores.get(id) ?? open();
    this.#stores.set(id, store);
    this.#drop(this.#stores);
    return store;
  }

  #drop(map: Map<string, unknown>): void {
    const oldest = map.keys().next();
    if (map.size > KEPT && oldest.done !== true) map.delete(oldest.value);
  }
}
