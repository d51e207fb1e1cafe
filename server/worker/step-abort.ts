/** Why a running step is told to stop; the reason of its AbortSignal. */
export class StepAbort extends Error {
  override name = "StepAbort";

  constructor(readonly kind: "cancelled" | "timeout" | "lost" | "drained" | "gaveWay") {
    super(MESSAGES[kind]);
  }
}

const MESSAGES = {
  cancelled: "the step was cancelled",
  timeout: "the step ran out of time",
  lost: "the worker lost its lease on the run",
  drained: "the worker is shutting down",
  gaveWay: "a newer step took the place",
};

/** The end of one attempt from outside. The controller is made when somebody looks: most steps end before. */
export class AbortHandle {
  #controller: AbortController | undefined;
  #abort: StepAbort | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abort !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#abort);
    return this.#controller.signal;
  }

  get kind(): StepAbort["kind"] | undefined {
    return this.#abort?.kind;
  }

  abort(kind: StepAbort["kind"]): void {
    if (this.#abort !== undefined) return;
    this.#abort = new StepAbort(kind);
    this.#controller?.abort(this.#abort);
  }
}

/** What `work` answers; or undefined when it was aborted and has not ended within the grace time. */
export async function untilAborted<T>(work: Promise<T>, abort: AbortHandle, graceMs: number): Promise<T | undefined> {
  const { signal } = abort;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const givenUp = new Promise<undefined>((resolve) => {
    onAbort = () => {
      timer = setTimeout(resolve, graceMs, undefined);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, givenUp]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
    // What is given up may still fail later; nobody listens any more.
    work.catch(() => {});
  }
}
