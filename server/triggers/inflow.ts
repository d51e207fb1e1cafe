const MOST_MESSAGES = 500;
const MOST_BYTES = 16 * 1_048_576;

/** What a server pushes and nobody acknowledges: when more has come than is durable yet, the connection is not read for a while. */
export class Inflow {
  #messages = 0;
  #bytes = 0;
  #isPaused = false;

  constructor(private readonly connection: { pause(): void; resume(): void }) {}

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** `record` is called at once: messages become durable in the order in which they came, those that come together in one commit. */
  async take(bytes: number, record: () => Promise<unknown>): Promise<void> {
    this.#messages += 1;
    this.#bytes += bytes;
    if (!this.#isPaused && this.#isFull) {
      this.#isPaused = true;
      this.connection.pause();
    }
    try {
      await record();
    } finally {
      this.#messages -= 1;
      this.#bytes -= bytes;
      if (this.#isPaused && !this.#isFull) {
        this.#isPaused = false;
        this.connection.resume();
      }
    }
  }

  get #isFull(): boolean {
    return this.#messages >= MOST_MESSAGES || this.#bytes >= MOST_BYTES;
  }
}
