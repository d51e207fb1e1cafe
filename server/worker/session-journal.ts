import { StoreRefusedError, UnstorableError, type ClaimedRun, type LogLine, type RunStore, type RunWrite } from "@/server/engine/ports";
import { crashPoint } from "@/server/testing/crash-points";
import { LeaseLost } from "@/server/worker/step-failure";
import { WriteBuffer } from "@/server/worker/write-buffer";

export interface JournalListener {
  /** Deterministic work goes on in memory: what it yields may share the flush. */
  isChaining(): boolean;
  /** Everything handed over so far is durable and nothing is on its way. */
  settled(): void;
  /** The lease is gone; or, with a cause, the store does not take anything just now. */
  lost(cause?: unknown): void;
  refused(error: UnstorableError): void;
  /** The store refuses what is to be written for a reason that may be mended; it is kept (`left`). */
  putBack(error: StoreRefusedError): void;
  finished(finish: NonNullable<RunWrite["finish"]>): void;
}

/** Quiet time after which logs and progress alone are written. */
const SOFT_FLUSH_MS = 150;

/** A chain of deterministic steps may put off the flush of its results for so long. */
const MAX_CHAIN_MS = 25;

/**
 * Makes durable what a run has decided: at most one flush on its way, the next gathers meanwhile. A flush is sent when the
 * current chain of in-memory work has come to rest, so that chained deterministic steps share one.
 */
export class SessionJournal {
  readonly buffer: WriteBuffer;
  #flushing = false;
  #underWay: Promise<void> = Promise.resolve();
  #saying: Promise<void> = Promise.resolve();
  #scheduled = false;
  #closed = false;
  #held = false;
  #isRefused = false;
  #sent = 0;
  #acknowledged = 0;
  #soft: NodeJS.Timeout | undefined;
  #chain: NodeJS.Timeout | undefined;
  #waiters: { ticket: number; resolve: () => void; reject: (reason: Error) => void }[] = [];

  constructor(
    claim: Pick<ClaimedRun, "id" | "workspaceId" | "epoch">,
    private readonly store: Pick<RunStore, "flush">,
    private readonly listener: JournalListener,
    /** Of a session before, which could not write it. */
    said: readonly LogLine[] = [],
  ) {
    this.buffer = new WriteBuffer(claim);
    for (const line of said) this.buffer.log(line);
  }

  /** What was refused waits for `goOn`. */
  get isHeld(): boolean {
    return this.#held;
  }

  goOn(): void {
    this.#held = false;
    this.schedule();
  }

  get isSettled(): boolean {
    return !this.#flushing && !this.#scheduled && this.#chain === undefined && this.buffer.isEmpty;
  }

  schedule(): void {
    if (this.#flushing || this.#scheduled || this.#closed || this.#held) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#mayWait()) this.#chain ??= setTimeout(() => this.#endChain(), MAX_CHAIN_MS);
      else this.#flush();
    });
  }

  /** The chain has come to rest. */
  rest(): void {
    if (this.#chain !== undefined) this.#endChain();
  }

  #mayWait(): boolean {
    return this.#waiters.length === 0 && this.listener.isChaining();
  }

  #endChain(): void {
    clearTimeout(this.#chain);
    this.#chain = undefined;
    this.#flush();
  }

  scheduleSoft(): void {
    this.#soft ??= setTimeout(() => {
      this.#soft = undefined;
      if (this.#isRefused) this.#saying = this.#saying.then(() => this.#sayApart());
      else this.schedule();
    }, SOFT_FLUSH_MS);
  }

  /** What steps at work say is read meanwhile, whatever cannot be stored beside it. */
  async #sayApart(): Promise<void> {
    const said = this.#closed ? null : this.buffer.takeSaid();
    if (said === null) return;
    try {
      if ((await this.store.flush(said)) === "lost" && !this.#closed) this.listener.lost();
    } catch {
      // With the next lines, or by the session that follows.
      this.buffer.putBack(said);
    }
  }

  /** Resolves once all that is in the buffer now is durable; rejects when the lease is lost before. */
  durable(): Promise<void> {
    if (this.#closed || this.#isRefused) return Promise.reject(new LeaseLost(this.#closed ? "the lease is lost" : "what the run has to write cannot be stored"));
    const ticket = this.buffer.isEmpty ? this.#sent : this.#sent + 1;
    if (ticket <= this.#acknowledged) return Promise.resolve();
    this.schedule();
    return new Promise((resolve, reject) => this.#waiters.push({ ticket, resolve, reject }));
  }

  /** Nothing more of what this session has decided can be written. */
  #refuse(write: RunWrite, error: UnstorableError): void {
    this.buffer.putBack(write);
    this.#held = true;
    this.#isRefused = true;
    this.scheduleSoft();
    this.#rejectAll("what the run has to write cannot be stored");
    this.listener.refused(error);
  }

  /** What is not written once the flush under way has ended; null: nothing. A step that waits for it has not begun. */
  async left(): Promise<RunWrite | null> {
    await this.#underWay;
    await this.#saying;
    if (this.buffer.isEmpty) return null;
    const write = this.buffer.take();
    return { ...write, steps: write.steps.filter(({ status, entry }) => status !== "running" || entry !== null) };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#soft);
    clearTimeout(this.#chain);
    this.#rejectAll("the lease is lost");
  }

  #rejectAll(why: string): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new LeaseLost(why));
  }

  #flush(): void {
    if (this.#flushing || this.#closed || this.#held) return;
    if (this.buffer.isEmpty) return this.listener.settled();
    this.#underWay = this.#send();
  }

  async #send(): Promise<void> {
    const write = this.buffer.take();
    const ticket = ++this.#sent;
    this.#flushing = true;
    crashPoint(write.finish === undefined ? "before-flush" : "before-finish");
    try {
      const result = await this.store.flush(write);
      this.#flushing = false;
      if (this.#closed) return;
      if (result === "lost") return this.listener.lost();
      this.#acknowledge(ticket, write);
    } catch (error) {
      this.#flushing = false;
      if (this.#closed) return this.buffer.putBack(write);
      if (error instanceof UnstorableError) return this.#refuse(write, error);
      if (!(error instanceof StoreRefusedError)) return this.listener.lost(error);
      this.buffer.putBack(write);
      this.#held = true;
      this.listener.putBack(error);
    }
  }

  #acknowledge(ticket: number, write: RunWrite): void {
    this.#acknowledged = ticket;
    crashPoint(write.finish === undefined ? "after-flush" : "after-finish");
    if (write.children.length > 0) crashPoint("after-child-insert");
    const due = this.#waiters.filter((waiter) => waiter.ticket <= ticket);
    this.#waiters = this.#waiters.filter((waiter) => waiter.ticket > ticket);
    for (const waiter of due) waiter.resolve();
    if (write.finish !== undefined) return this.listener.finished(write.finish);
    if (this.buffer.isEmpty) this.listener.settled();
    else this.schedule();
  }
}
