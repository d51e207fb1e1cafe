import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { decide } from "@/server/engine/decide";
import type { EngineCommand, EngineEvent } from "@/server/engine/events";
import { toRecord } from "@/server/engine/journal";
import { StoreRefusedError, UnstorableError, type Place } from "@/server/engine/ports";
import { pending } from "@/server/engine/pending";
import { locate, type RunState } from "@/server/engine/state";
import type { StepError } from "@/server/nodes/runner";
import { crashPoint } from "@/server/testing/crash-points";
import { AttemptKeeper } from "@/server/worker/attempt-keeper";
import { ContainerKeeper } from "@/server/worker/container-keeper";
import { leftIn, type LeftUnwritten } from "@/server/worker/ended-attempts";
import { finishWrite } from "@/server/worker/finish";
import type { Payload } from "@/server/worker/payload";
import { replay } from "@/server/worker/replay";
import { PoolChange } from "@/server/worker/pool-change";
import type { RunContext } from "@/server/worker/run-context";
import { type ExitCommand, mayBeLost, startsWork, type WorkCommand } from "@/server/worker/session-commands";
import type { SessionEnd } from "@/server/worker/session-end";
import { passGates } from "@/server/worker/session-gates";
import { SessionHold } from "@/server/worker/session-hold";
import { SessionInbox } from "@/server/worker/session-inbox";
import { SessionJournal } from "@/server/worker/session-journal";
import type { SessionOptions } from "@/server/worker/session-options";
import { SessionSnapshots } from "@/server/worker/session-snapshots";
import { SessionTimers } from "@/server/worker/session-timers";
import { LeaseLost } from "@/server/worker/step-failure";
import { carryOutWait } from "@/server/worker/wait-commands";

/**
 * Owns one claimed run: feeds events to the engine, carries its commands out, and makes both durable. It ends when the run
 * ends, when the run only waits, or when the lease is lost; it never writes after that.
 */
export class RunSession {
  readonly ended: Promise<SessionEnd>;
  readonly timers: SessionTimers;
  readonly inbox: SessionInbox;
  readonly journal: SessionJournal;
  readonly attempts: AttemptKeeper;
  readonly containers: ContainerKeeper;
  readonly snapshots: SessionSnapshots;
  readonly hold: SessionHold;
  /** When its lease was last known to be fresh, by the monotonic clock. */
  leasedAt: number;
  /** Output of the run once its exit was evaluated. */
  runExit: { output: Payload | null; error: StepError | null } = { output: null, error: null };

  #state: RunState | undefined;
  #place: Place | undefined;
  readonly #pools: PoolChange;
  #isFirst = true;
  #end: (end: SessionEnd) => void = () => {};
  #isOver = false;
  #working = 0;
  #releasing = false;
  #draining = false;
  /** A message came while the state was still being made. */
  #messageCame = false;
  /** A value could not be put into its store before the worker ended. */
  #isUnstored = false;
  #linger: NodeJS.Timeout | undefined;
  #lingered = false;

  constructor(
    readonly run: RunContext,
    readonly options: SessionOptions,
  ) {
    const { store, clock } = run.worker;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.leasedAt = options.claimedAt;
    this.#pools = new PoolChange(run, options.serves);
    this.timers = new SessionTimers(clock, (id, at) => this.#onTimer(id, at));
    this.inbox = new SessionInbox(run.claim.id, store, (stored) => run.payloads.fetch(stored), (path, attempt) => this.attempts.giveWay(path, attempt));
    this.journal = new SessionJournal(run.claim, store, {
      isChaining: () => this.#working > this.attempts.outside,
      settled: () => this.#releaseIfIdle(),
      lost: (cause) => {
        if (cause !== undefined) run.worker.report(cause, run.claim);
        this.#finishSession({ kind: "lost" });
      },
      refused: (error) => this.#refused(error),
      putBack: (error) => this.#putBack(error),
      finished: ({ status, finishedAt }) => {
        run.worker.observer?.runEnded(run.claim, { status, finishedAt });
        this.#finishSession({ kind: "finished" });
      },
    }, options.said);
    this.attempts = new AttemptKeeper(this);
    this.containers = new ContainerKeeper(this);
    this.snapshots = new SessionSnapshots(this);
    this.hold = new SessionHold(this, () => this.#resume());
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  get #mayBegin(): boolean {
    return !this.#draining && this.hold.error === undefined;
  }

  get state(): RunState {
    if (this.#state === undefined) throw new Error("the session has not started");
    return this.#state;
  }

  get now(): number {
    return this.run.worker.clock.now();
  }

  /** Resolves once the run's state is known and its next steps are under way. */
  start(): Promise<void> {
    return this.work(() => this.#start());
  }

  async #start(): Promise<void> {
    const { run } = this;
    crashPoint("after-claim");
    const variables = (await run.prepare()) ?? (this.options.refused.size > 0 ? run.claim.vars : null);
    if (variables !== null) this.journal.buffer.variables(variables);
    const left = await this.snapshots.left();
    if (left !== null) this.inbox.resume(left.snapshot.inbox.lastSeq, left.snapshot.inbox.kept);
    const passed = await passGates(this);
    if (passed === null) return this.#finishSession({ kind: "released" });
    this.#place = passed.place;
    const history = await this.snapshots.history(left);
    const { state, commands, consumed } = replay(run, history, left?.snapshot);
    this.#state = run.state = state;
    this.snapshots.begin();
    this.attempts.noteHistory(history);
    for (const ref of consumed) this.inbox.noteConsumed(ref);
    if (run.claim.inboxSeq > 0) await this.inbox.pull();
    if (this.#isOver) return;
    this.#carryOut(commands, null);
    this.#isFirst = false;
    if (this.#messageCame) await this.inbox.pull();
    await this.#readMessages();
  }

  /** A message may have come for the run. */
  async deliver(): Promise<void> {
    if (this.#state === undefined) this.#messageCame = true;
    if (this.#isOver || this.#state === undefined) return;
    await this.work(() => this.#hear());
  }

  async #hear(): Promise<void> {
    await this.inbox.pull();
    await this.#readMessages();
  }

  /** It has been alone for long enough; resolves when the store knows. */
  clear(): Promise<void> {
    this.journal.buffer.clear();
    return this.journal.durable();
  }

  /** Ends what needs no new step and hands the run over; attempts in progress may finish until `abort`. */
  drain(): void {
    this.#draining = true;
    this.#releaseIfIdle();
  }

  /** The time to drain is over, or the lease is not to be trusted any more. */
  abort(kind: "drained" | "lost"): void {
    this.attempts.abortAll(kind);
    this.run.payloads.leave();
    if (kind === "lost") this.#finishSession({ kind: "lost" });
  }

  /**
   * Gives an event to the engine. Accepted: `store` puts its record into the next flush, then the commands are carried out.
   * A late event is ignored and leaves no trace.
   */
  async apply(event: EngineEvent, store: (seq: number) => void): Promise<boolean> {
    if (this.#isOver) return false;
    const { accepted, commands } = decide(this.run.workflow.plan, this.state, event);
    if (!accepted) return false;
    store(this.state.seq);
    this.journal.schedule();
    if (!this.run.worker.settings.commitEachStep) this.#carryOut(commands, event);
    else await this.#carryOutApart(commands, event);
    this.snapshots.follow();
    this.#putBackIfIdle();
    return true;
  }

  /** For events that have a row of their own in the journal. */
  applyPlain(event: EngineEvent): Promise<boolean> {
    return this.apply(event, (seq) => {
      const record = toRecord(event, seq);
      if (record?.table === "event") this.journal.buffer.event(record);
    });
  }

  /** Counts work under way, so that the run is not released meanwhile. Whatever fails here costs this run, not the worker. */
  async work(task: () => Promise<void>): Promise<void> {
    this.#working += 1;
    try {
      await task();
    } catch (error) {
      if (error instanceof BlobStoreUnavailable) return this.#storeIsAway();
      if (error instanceof StoreRefusedError) return this.#putBack(error);
      if (error instanceof LeaseLost && this.hold.isForGood) return;
      this.#finishSession(error instanceof LeaseLost || isDatabaseUnavailable(error) ? { kind: "lost" } : { kind: "broken", error });
    } finally {
      this.#working -= 1;
      if (this.#working <= this.attempts.outside) this.journal.rest();
      this.#putBackIfIdle();
      this.#releaseIfIdle();
    }
  }

  /** The worker ends while values wait for their store: the run is handed over as it stands in its journal. */
  #storeIsAway(): void {
    if (this.#state === undefined) return this.#finishSession({ kind: "lost" });
    this.#isUnstored = true;
    this.#draining = true;
    this.attempts.abortAll("drained");
  }

  async #readMessages(): Promise<void> {
    for (let next = this.inbox.next(this.now); next !== null; next = this.inbox.next(this.now)) {
      await this.applyPlain(next instanceof Promise ? await next : next);
      if (this.#isOver) return;
    }
  }

  /** What belongs to the event's own flush at once; what comes after it once that is durable. */
  async #carryOutApart(commands: readonly EngineCommand[], cause: EngineEvent): Promise<void> {
    this.#carryOut(commands.filter((command) => !startsWork(command)), cause);
    const next = commands.filter(startsWork);
    if (next.length === 0 || !this.#mayBegin) return;
    await this.journal.durable();
    if (!this.#isOver) this.#carryOut(next.filter((command) => this.#isWanted(command)), cause);
  }

  /** Meanwhile the step may have been cancelled, and has ended as it stood. */
  #isWanted(command: WorkCommand): boolean {
    if (this.#isUnderWay(command)) return false;
    if (command.type !== "startStep") return true;
    const status = locate(this.run.workflow.plan, this.state, command.path)?.status;
    return status?.phase === "running" && status.attempt === command.attempt;
  }

  #carryOut(commands: readonly EngineCommand[], cause: EngineEvent | null): void {
    for (const command of commands) this.#carry(command, cause);
  }

  #carry(command: EngineCommand, cause: EngineEvent | null): void {
    switch (command.type) {
      case "startStep":
        if (this.attempts.ended.get(command.path, command.attempt) !== undefined) return this.attempts.start(command);
        if (this.#mayBegin && this.#pools.mayStart(command, this.#isFirst)) this.attempts.start(command);
        return;
      case "cancelStep":
        return this.attempts.cancel(command.path, command.attempt);
      case "enter":
      case "iterate":
      case "exit":
        if (this.#mayBegin) this.containers.start(command);
        return;
      case "setTimer":
        return this.timers.set(command.id, command.at);
      case "clearTimer":
        return this.timers.clear(command.id);
      case "openWait":
      case "startChild":
      case "closeWait":
      case "remind":
        carryOutWait(this, command, cause);
        if (command.type === "openWait") void this.work(() => this.#readMessages());
        return;
      case "finishRun":
        void this.work(() => this.#finish(command)).then(() => this.journal.schedule());
    }
  }

  async #finish(command: Extract<EngineCommand, { type: "finishRun" }>): Promise<void> {
    const end = await finishWrite(this, command);
    await this.snapshots.settled();
    this.journal.buffer.finish(end, this.#place);
  }

  #onTimer(id: string, at: number): void {
    if (this.#isOver) return;
    if (this.#releasing) return this.timers.putBack(id, at);
    void this.work(() => this.#timerFired(id, at));
  }

  /** An answer that came before the end of its wait, and was not heard of yet, does not lose to it. */
  async #timerFired(id: string, at: number): Promise<void> {
    const due = this.state.timers[id];
    if (this.inbox.isAnswerable(id)) {
      await this.#hear().catch((error: unknown) => {
        this.timers.putBack(id, at);
        throw error;
      });
    }
    if (this.state.timers[id] === due) await this.applyPlain({ type: "timer", id, at });
  }

  /** Nothing runs, nothing is to be written: the run leaves memory until a timer or a message wakes it. */
  #releaseIfIdle(): void {
    if (this.#isOver || this.#releasing || this.#working > 0 || this.#state === undefined) return;
    if (this.attempts.count > 0 || (this.attempts.ended.size > 0 && !this.#draining) || !this.journal.isSettled || (this.#state.finished && !this.#isUnstored)) return;
    if (this.#draining || this.#pools.next !== null) return void this.#release("queued");
    const { holdTimerMs, holdChildMs } = this.run.worker.settings;
    const next = this.timers.next();
    if (next !== null && next - this.now <= holdTimerMs) return;
    if (!this.#lingered && this.inbox.waitsOnlyForChildren && holdChildMs > 0) {
      this.#linger ??= setTimeout(() => {
        this.#lingered = true;
        this.#releaseIfIdle();
      }, holdChildMs);
      return;
    }
    void this.#release("waiting");
  }

  async #release(reason: "waiting" | "queued"): Promise<void> {
    this.#releasing = true;
    this.timers.stop();
    crashPoint("before-release");
    try {
      const { id: runId, epoch } = this.run.claim;
      const dueAt = reason === "queued" ? null : this.timers.next();
      // Who is only handed over may have begun what another is to go on with.
      const left = reason === "waiting" ? this.snapshots.ofRelease() : {};
      const result = await this.run.worker.store.release({ runId, epoch, inboxSeq: this.inbox.lastSeq, dueAt, reason, ...left, ...(this.#pools.next === null ? {} : { handOver: this.#pools.next }) });
      this.#releasing = false;
      if (result === "lost") return this.#finishSession({ kind: "lost" });
      if (result === "released") {
        crashPoint("after-release");
        return this.#finishSession({ kind: reason === "queued" ? "handed_over" : "released" });
      }
      this.timers.resume();
      await this.deliver();
    } catch (error) {
      if (error instanceof StoreRefusedError) return this.#putBack(error);
      this.run.worker.report(error, this.run.claim);
      this.#finishSession({ kind: "lost" });
    }
  }

  #putBack(error: StoreRefusedError): void {
    if (this.hold.error instanceof UnstorableError) return this.#refused(this.hold.error);
    if (this.#isOver || this.hold.begin(error)) return;
    this.#finishSession({ kind: "put_back", error, before: this.hold.refusal, kept: this.journal.left() });
  }

  #refused(error: UnstorableError): void {
    if (this.#isOver) return;
    this.hold.forGood(error);
    if (this.attempts.begun === 0) this.#finishSession({ kind: "refused", error, left: this.#left() });
  }

  /** What the session that follows takes up, so that it is not done again. */
  async #left(): Promise<LeftUnwritten> {
    const { left } = this.attempts.ended;
    return leftIn(left, await this.journal.left());
  }

  #putBackIfIdle(): void {
    const { error } = this.hold;
    if (error instanceof UnstorableError) return this.#refused(error);
    if (error !== undefined && this.attempts.unkept === 0) this.#putBack(error);
  }

  /** What the engine wants to begin and was put off, or failed for what the store refused. */
  #resume(): void {
    if (this.#isOver) return;
    const commands = pending(this.run.workflow.plan, this.state).filter((command) => mayBeLost(command) && !this.#isUnderWay(command));
    this.#carryOut(commands, null);
    this.timers.resume();
    void this.deliver();
  }

  #isUnderWay(command: WorkCommand | ExitCommand): boolean {
    return command.type === "startStep" ? this.attempts.isRunning(command.path, command.attempt) : this.containers.isRunning(command);
  }

  #finishSession(end: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#linger);
    this.hold.stop();
    this.timers.stop();
    this.journal.close();
    this.attempts.abortAll("lost");
    this.run.payloads.leave();
    this.#end(end);
  }
}
