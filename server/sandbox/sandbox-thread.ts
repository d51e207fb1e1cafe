import { Worker } from "node:worker_threads";
import { locateThread } from "@/server/sandbox/locate-thread";
import type { SandboxThreadRequest, SandboxThreadResponse } from "@/server/sandbox/protocol";

export type ThreadAnswer = Omit<Extract<SandboxThreadResponse, { type: "answer" }>, "type" | "next">;

/** After the guest's own deadline: how long the thread may take to say so before it is terminated. */
const TERMINATION_GRACE_MS = 250;
/** Time to load and compile QuickJS, on a busy machine. */
const START_TIMEOUT_MS = 30_000;
/** Timers are this late only where the process or its main thread stood still. */
const HELD_UP_MS = 200;

interface Pending {
  request: SandboxThreadRequest;
  resolve: (answer: ThreadAnswer) => void;
  timer: NodeJS.Timeout | undefined;
}

/** One worker thread with one QuickJS. It runs one request at a time and is thrown away after any overrun. */
export class SandboxThread {
  readonly #worker: Worker;
  readonly #onChange: (thread: SandboxThread) => void;
  #state: "starting" | "ready" | "busy" | "gone" = "starting";
  #pending: Pending | null = null;
  #startTimer: NodeJS.Timeout;
  /** Why the thread ended before it was ready. */
  startFailure: Error | null = null;

  constructor(wasmMemoryMb: number, onChange: (thread: SandboxThread) => void) {
    this.#onChange = onChange;
    this.#worker = new Worker(locateThread(), {
      workerData: { wasmMemoryMb },
      env: {},
      execArgv: [],
      stdout: false,
      resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
    });
    this.#worker.on("message", (response: SandboxThreadResponse) => this.#receive(response));
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", (code) => this.#end(new Error(`the sandbox thread ended with code ${code}`)));
    this.#startTimer = this.#limitStart();
  }

  get isStarting(): boolean {
    return this.#state === "starting";
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  get isGone(): boolean {
    return this.#state === "gone";
  }

  run(request: SandboxThreadRequest): Promise<ThreadAnswer> {
    if (this.#state !== "ready") throw new Error("the sandbox thread is not ready");
    this.#state = "busy";
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#pending = { request, resolve, timer: undefined };
      this.#limitRun(this.#pending);
      this.#worker.postMessage(request);
    });
  }

  /**
   * A timer that comes late tells that this process was held up, and so perhaps the thread: it gets its time once more. Of an answer
   * that came meanwhile a timer does not know: it lies behind it.
   */
  #limitRun(pending: Pending): void {
    const afterMs = pending.request.timeoutMs + TERMINATION_GRACE_MS;
    const due = performance.now() + afterMs;
    pending.timer = setTimeout(() => {
      const isLate = performance.now() - due > HELD_UP_MS;
      setImmediate(() => {
        if (this.#pending !== pending) return;
        if (isLate) this.#limitRun(pending);
        else this.#overrun();
      });
    }, afterMs);
  }

  async close(): Promise<void> {
    this.#end(new Error("the sandbox is closed"));
    await this.#worker.terminate();
  }

  #receive(response: SandboxThreadResponse): void {
    if (this.#state === "gone") return;
    clearTimeout(this.#startTimer);
    if (response.type === "ready") {
      this.#become("ready");
      return;
    }
    const { results, logs, droppedLogs, next } = response;
    this.#settle({ results, logs, droppedLogs });
    if (next === "discard") this.#end(null);
    else if (next === "ready") this.#become("ready");
    else this.#restart();
  }

  /** Its instance had grown large and is being replaced. */
  #restart(): void {
    this.#state = "starting";
    this.#startTimer = this.#limitStart();
    this.#worker.ref();
  }

  #limitStart(): NodeJS.Timeout {
    return setTimeout(() => this.#end(new Error("the sandbox thread did not start")), START_TIMEOUT_MS).unref();
  }

  /** Something that QuickJS cannot interrupt: only the end of the thread ends it. */
  #overrun(): void {
    const timeoutMs = this.#pending?.request.timeoutMs ?? 0;
    this.#settle(failedAnswer("timeout", `not finished after ${timeoutMs} ms`));
    this.#end(null);
  }

  /** Whatever it does just now: nobody needs the answer. */
  stop(reason: string): void {
    if (this.#pending === null) return;
    this.#settle(failedAnswer("unavailable", reason));
    this.#end(null);
  }

  #end(error: Error | null): void {
    if (this.#state === "gone") return;
    if (this.#state === "starting") this.startFailure = error;
    clearTimeout(this.#startTimer);
    this.#settle(failedAnswer("memory", `the sandbox ended: ${error?.message ?? "no reason given"}`));
    this.#become("gone");
    void this.#worker.terminate();
  }

  #settle(answer: ThreadAnswer): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = null;
    clearTimeout(pending.timer);
    pending.resolve(answer);
  }

  #become(state: "ready" | "gone"): void {
    this.#state = state;
    // An idle thread does not keep the process alive; one that starts or works does.
    this.#worker.unref();
    this.#onChange(this);
  }
}

export function failedAnswer(code: "timeout" | "memory" | "unavailable", message: string): ThreadAnswer {
  return { results: [{ ok: false, error: { code, message } }], logs: [], droppedLogs: 0 };
}
