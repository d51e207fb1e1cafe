import { failedAnswer, SandboxThread, type ThreadAnswer } from "@/server/sandbox/sandbox-thread";
import type { SandboxThreadRequest } from "@/server/sandbox/protocol";

interface Waiting {
  request: SandboxThreadRequest;
  resolve: (answer: ThreadAnswer) => void;
}

/** Hands requests to threads, first come first served; replaces threads that are gone. */
export class ThreadQueue {
  readonly #limit: number;
  readonly #wasmMemoryMb: number;
  #threads: SandboxThread[] = [];
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(limit: number, wasmMemoryMb: number) {
    this.#limit = Math.max(1, limit);
    this.#wasmMemoryMb = wasmMemoryMb;
  }

  run(request: SandboxThreadRequest): Promise<ThreadAnswer> {
    if (this.#isClosed) return Promise.resolve(failedAnswer("unavailable", "the sandbox is closed"));
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#refuseAll("the sandbox is closed");
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady) continue;
      const next = this.#waiting.shift();
      if (!next) return;
      void thread.run(next.request).then(next.resolve);
    }
    const starting = this.#threads.filter((thread) => !thread.isReady).length;
    const missing = Math.min(this.#waiting.length - starting, this.#limit - this.#threads.length);
    for (let index = 0; index < missing; index++) this.#threads.push(this.#startThread());
  }

  #startThread(): SandboxThread {
    return new SandboxThread(this.#wasmMemoryMb, (thread) => this.#threadChanged(thread));
  }

  #threadChanged(thread: SandboxThread): void {
    if (thread.isGone) this.#threads = this.#threads.filter((other) => other !== thread);
    if (this.#isClosed) return;
    // A thread that cannot start would be replaced for ever: its requests are told why instead.
    if (thread.startFailure) this.#refuseAll(`the sandbox cannot start: ${thread.startFailure.message}`);
    this.#dispatch();
  }

  #refuseAll(message: string): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve(failedAnswer("unavailable", message));
  }
}
