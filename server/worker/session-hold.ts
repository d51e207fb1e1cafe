import { UnstorableError, type Hold, type Refusal, type StoreRefusedError } from "@/server/engine/ports";
import { mayTryAgain, nextRefusal } from "@/server/worker/refusal";
import type { RunSession } from "@/server/worker/session";

/**
 * The store refuses something of a run while steps of it have effects under way. These are not stopped for that: they end as they would,
 * nothing new begins, and from time to time what was refused is tried again. With none of them left the run need not be held here.
 */
export class SessionHold {
  #error: StoreRefusedError | UnstorableError | undefined;
  /** How often it was refused. */
  #refusal: Refusal | null;
  #again: NodeJS.Timeout | undefined;
  #isAsking = false;
  /** The page of the run may say that it is held. */
  #isTold = false;
  #isTelling = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(
    private readonly session: RunSession,
    /** What was not begun meanwhile may begin. */
    private readonly resume: () => void,
  ) {
    this.#refusal = session.run.claim.refusal;
  }

  /** What the store said; undefined while it refuses nothing. */
  get error(): StoreRefusedError | UnstorableError | undefined {
    return this.#error;
  }

  /** It will refuse it however often it is sent. */
  get isForGood(): boolean {
    return this.#error instanceof UnstorableError;
  }

  forGood(error: UnstorableError): void {
    this.stop();
    if (this.#error === error) return;
    this.#error = error;
    const { attempts, now } = this.session;
    if (attempts.begun > 0) this.#tell({ kind: "unstorable", message: saidBy(error), path: error.step?.path ?? null, since: now });
  }

  /** The run goes on elsewhere than in this session. */
  async over(): Promise<void> {
    this.#tell(null);
    await this.#telling;
  }

  get refusal(): Refusal | null {
    return this.#refusal;
  }

  /** False: nothing is under way that would have to end first, or it was refused too often. */
  begin(error: StoreRefusedError): boolean {
    const { attempts, now, run } = this.session;
    const { settings, report } = run.worker;
    if (this.isForGood && attempts.begun > 0) return true;
    const refusal = nextRefusal(this.#refusal, error, now, settings.refusalDelayMs);
    if (attempts.unkept === 0 || !mayTryAgain(refusal, error, settings.maxRefusals)) return false;
    if (this.#error === undefined) report(error, run.claim);
    this.#error = error;
    this.#refusal = refusal;
    this.#tell({ kind: "refused", ...refusal });
    this.#again ??= setTimeout(() => this.#tryAgain(), Math.max(1, refusal.until - now));
    return true;
  }

  /** An attempt has ended. */
  noteProgress(): void {
    if (this.#error !== undefined) return;
    this.#refusal = null;
    if (!this.#isTelling) this.#tell(null);
  }

  stop(): void {
    clearTimeout(this.#again);
  }

  #tryAgain(): void {
    this.#again = undefined;
    const { journal } = this.session;
    const wasRefused = journal.isHeld;
    journal.goOn();
    // Who has asked before hears of it.
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.session.work(async () => {
      if (wasRefused) journal.buffer.resetTakeovers();
      await journal.durable().finally(() => (this.#isAsking = false));
      this.#error = undefined;
      this.#tell(null);
      if (wasRefused) this.#refusal = null;
      this.resume();
    });
  }

  /** Its page says so, where the database takes that much. What it did not take back is told again as the run goes on. */
  #tell(hold: Hold | null): void {
    if (hold === null && !this.#isTold) return;
    if (hold !== null) this.#isTold = true;
    this.#isTelling = true;
    const { claim, worker } = this.session.run;
    const telling: Promise<void> = this.#telling.then(() => worker.store.tellHold({ runId: claim.id, epoch: claim.epoch, hold })).then(
      () => this.#told(telling, hold),
      (error: unknown) => {
        this.#told(telling, undefined);
        worker.report(error, claim);
      },
    );
    this.#telling = telling;
  }

  /** `hold`: what the page says now; undefined: what it said before. */
  #told(telling: Promise<void>, hold: Hold | null | undefined): void {
    if (this.#telling !== telling) return;
    this.#isTelling = false;
    if (hold === null) this.#isTold = false;
  }
}

function saidBy({ cause, message }: UnstorableError): string {
  return cause instanceof Error ? cause.message : message;
}
