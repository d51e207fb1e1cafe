import { failedAnswer, SandboxThread, type ThreadAnswer } from "@/server/sandbox/sandbox-thread";
import type { SandboxThreadRequest } from "@/server/sandbox/protocol";

export interface ThreadQueueOptions {
  threads: number;
  /** Of these, for one owner at most; all when left out. */
  threadsPerOwner?: number;
  wasmMemoryMb: number;
}

interface Waiting {
  owner: string;
  request: SandboxThreadRequest;
  resolve: (answer: ThreadAnswer) => void;
  signal: AbortSignal | undefined;
}

const STOPPED = "it was stopped";

/** Hands requests to threads, those first whose owner has the fewest running, then whose last turn is longest ago; replaces threads that are gone. */
export class ThreadQueue {
  readonly #limit: number;
  readonly #perOwner: number;
  readonly #wasmMemoryMb: number;
  readonly #running = new Map<string, number>();
  /** By owner: the number of its last turn, while it waits. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  #threads: SandboxThread[] = [];
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor({ threads, threadsPerOwner = threads, wasmMemoryMb }: ThreadQueueOptions) {
    this.#limit = Math.max(1, threads);
    this.#perOwner = threadsPerOwner;
    this.#wasmMemoryMb = wasmMemoryMb;
  }

  /** `signal`: nobody needs the answer any more; its thread, if it has one, is ended with it. */
  run(request: SandboxThreadRequest, owner = "", signal?: AbortSignal): Promise<ThreadAnswer> {
    if (this.#isClosed) return Promise.resolve(failedAnswer("unavailable", "the sandbox is closed"));
    if (signal?.aborted === true) return Promise.resolve(failedAnswer("unavailable", STOPPED));
    return new Promise((resolve) => {
      const waiting = { owner, request, resolve, signal };
      signal?.addEventListener("abort", () => this.#forget(waiting), { once: true });
      this.#waiting.push(waiting);
      this.#dispatch();
    });
  }

  #forget(waiting: Waiting): void {
    const place = this.#waiting.indexOf(waiting);
    if (place === -1) return;
    this.#waiting.splice(place, 1);
    waiting.resolve(failedAnswer("unavailable", STOPPED));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#refuseAll("the sandbox is closed");
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady) continue;
      const next = this.#takeNext();
      if (!next) return;
      this.#count(next.owner, 1);
      const stop = (): void => thread.stop(STOPPED);
      next.signal?.addEventListener("abort", stop, { once: true });
      void thread.run(next.request).then((answer) => {
        next.signal?.removeEventListener("abort", stop);
        this.#count(next.owner, -1);
        next.resolve(answer);
        // The thread was ready before its owner's place was free.
        this.#dispatch();
      });
    }
    if (!this.#waiting.some(({ owner }) => this.#runningOf(owner) < this.#perOwner)) return;
    const starting = this.#threads.filter((thread) => thread.isStarting).length;
    const missing = Math.min(this.#waiting.length - starting, this.#limit - this.#threads.length);
    for (let index = 0; index < missing; index++) this.#threads.push(this.#startThread());
  }

  #takeNext(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const one of this.#waiting) {
      if (best === undefined || this.#isBefore(one.owner, best.owner)) best = one;
    }
    if (best === undefined || this.#runningOf(best.owner) >= this.#perOwner) return undefined;
    this.#waiting.splice(this.#waiting.indexOf(best), 1);
    if (this.#waiting.length === 0) this.#turns.clear();
    else this.#turns.set(best.owner, ++this.#turn);
    return best;
  }

  #isBefore(one: string, other: string): boolean {
    const fewer = this.#runningOf(one) - this.#runningOf(other);
    return fewer !== 0 ? fewer < 0 : (this.#turns.get(one) ?? 0) < (this.#turns.get(other) ?? 0);
  }

  #runningOf(owner: string): number {
    return this.#running.get(owner) ?? 0;
  }

  #count(owner: string, change: 1 | -1): void {
    const running = this.#runningOf(owner) + change;
    if (running === 0) this.#running.delete(owner);
    else this.#running.set(owner, running);
  }

  #startThread(): SandboxThread {
    return new SandboxThread(this.#wasmMemoryMb, (thread) => this.#threadChanged(thread));
  }

  #threadChanged(thread: SandboxThread): void {
    if (thread.isGone) this.#threads = this.#threads.filter((other) => other !== thread);
    if (this.#isClosed) return;
    // Threads that cannot start would be replaced for ever: where there is no other, requests are told why instead.
    if (thread.startFailure && this.#threads.length > 0) return;
    if (thread.startFailure) this.#refuseAll(`the sandbox cannot start: ${thread.startFailure.message}`);
    this.#dispatch();
  }

  #refuseAll(message: string): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve(failedAnswer("unavailable", message));
  }
}
