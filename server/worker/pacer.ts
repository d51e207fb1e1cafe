const STEPS_BETWEEN_LOOKS = 16;
const SLICE_MS = 8;

/**
 * Lets timers and sockets have their turn while chains of deterministic steps run in memory: without it a loop of ten
 * thousand iterations would keep the worker's heartbeat from going out.
 */
export class Pacer {
  #count = 0;
  #sliceStart = performance.now();
  #pause: Promise<void> | undefined;

  /** Something to wait for when the current slice is used up; whoever asks meanwhile waits for the same. */
  pause(): Promise<void> | undefined {
    if (this.#pause !== undefined) return this.#pause;
    this.#count += 1;
    if (this.#count < STEPS_BETWEEN_LOOKS) return undefined;
    this.#count = 0;
    if (performance.now() - this.#sliceStart < SLICE_MS) return undefined;
    this.#pause = new Promise((resolve) => {
      setImmediate(() => {
        this.#sliceStart = performance.now();
        this.#pause = undefined;
        resolve();
      });
    });
    return this.#pause;
  }
}
