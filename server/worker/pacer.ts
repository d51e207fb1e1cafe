const STEPS_BETWEEN_LOOKS = 32;
const SLICE_MS = 8;

/**
 * Lets timers and sockets have their turn while chains of deterministic steps run in memory: without it a loop of ten
 * thousand iterations would keep the worker's heartbeat from going out.
 */
export class Pacer {
  #count = 0;
  #sliceStart = performance.now();

  /** Something to wait for when the current slice is used up. */
  pause(): Promise<void> | undefined {
    this.#count += 1;
    if (this.#count < STEPS_BETWEEN_LOOKS) return undefined;
    this.#count = 0;
    if (performance.now() - this.#sliceStart < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#sliceStart = performance.now();
        resolve();
      });
    });
  }
}
