import type { NewRun } from "@/server/engine/ports";

interface Waiting {
  runs: NewRun[];
  resolve: () => void;
  reject: (reason: Error) => void;
}

/** Starts that come while one commit is on its way share the next. */
export class EnqueueBatcher {
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(private readonly write: (runs: NewRun[]) => Promise<void>) {}

  add(runs: NewRun[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ runs, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.write(batch.flatMap(({ runs }) => runs));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#oneByOne(batch, error as Error);
      }
    }
    this.#busy = false;
  }

  /** One bad run must not refuse the others. */
  async #oneByOne(batch: Waiting[], cause: Error): Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return only.reject(cause);
    for (const { runs, resolve, reject } of batch) await this.write(runs).then(resolve, reject);
  }
}
