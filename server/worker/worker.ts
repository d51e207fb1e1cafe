import { StoreRefusedError, UnstorableError, type ClaimedRun, type NewRun, type Refusal, type Reservation, type RunStore, type RunWrite, type Wake } from "@/server/engine/ports";
import { isAtFault, isSuspect } from "@/server/engine/suspects";
import type { RunObserver } from "@/server/telemetry/contract";
import type { StepError } from "@/server/nodes/runner";
import { givenBytes } from "@/server/queue/given-bytes";
import { type LeftUnwritten, NOTHING_LEFT } from "@/server/worker/ended-attempts";
import { finishUnrunnable } from "@/server/worker/finish";
import { type Held, LeaseGuard } from "@/server/worker/lease-guard";
import { Probation } from "@/server/worker/probation";
import { Pacer } from "@/server/worker/pacer";
import { DEFAULT_SETTINGS, type Clock, type WorkerPorts, type WorkerSettings } from "@/server/worker/ports";
import { heldPlace } from "@/server/worker/gates";
import { PoolPlaces, readPools } from "@/server/worker/pools";
import { keptText, keptWrite, mayTryAgain, nextRefusal, refusedTooOften } from "@/server/worker/refusal";
import { type ReportedRun, RunContext, type WorkerContext } from "@/server/worker/run-context";
import { RunSession } from "@/server/worker/session";
import { givenBytesHere, type Needs } from "@/server/worker/capacity";
import { Slots } from "@/server/worker/slots";
import { StoreClock } from "@/server/worker/store-clock";
import { StepFailure } from "@/server/worker/step-failure";
import { WorkflowCache } from "@/server/worker/workflow-cache";

export interface WorkerOptions {
  id: string;
  store: RunStore;
  ports: WorkerPorts;
  /** Names, or `name:runs` for a pool of which it holds no more runs at the same time. */
  pools?: string[];
  /** Steps executed at the same time, and runs held. */
  slots?: number;
  /** What steps may ask for in all at the same time; default: no bound. */
  capacity?: Needs;
  /** Bytes of large inputs of the runs held, after which no further run with one is taken. */
  maxGivenBytes?: number;
  leaseSeconds?: number;
  drainSeconds?: number;
  /** Slow poll: the net under wake-ups that get lost. */
  pollMs?: number;
  settings?: Partial<WorkerSettings>;
  clock?: Clock;
  report?: (error: unknown, run: ReportedRun | null) => void;
  observer?: RunObserver;
}

export interface WorkerStats {
  heldRuns: number;
  busySlots: number;
}

export interface Worker {
  readonly id: string;
  start(): void;
  /** Takes nothing new, while what it holds goes on. */
  pause(): void;
  resume(): void;
  /** Takes nothing new, lets steps end for the drain time, hands the rest over. */
  stop(): Promise<void>;
  stats(): WorkerStats;
}

const CLAIM_BATCH = 200;

export function createWorker(options: WorkerOptions): Worker {
  return new RunningWorker(options);
}

class RunningWorker implements Worker {
  readonly id: string;
  readonly #context: WorkerContext;
  readonly #machineClock: Clock;
  readonly #clock: StoreClock;
  readonly #sessions = new Map<string, RunSession>();
  readonly #adopting = new Set<Promise<void>>();
  readonly #reserved = new Set<Promise<void>>();
  readonly #slots: Slots;
  readonly #pacer = new Pacer();
  readonly #probation: Probation;
  /** Runs of which what was refused is written, by id. */
  readonly #writing = new Map<string, Held>();
  readonly #guard: LeaseGuard;
  readonly #pools: string[];
  readonly #places: PoolPlaces;
  readonly #maxGivenBytes: number;
  readonly #drainMs: number;
  readonly #pollMs: number;
  #stopping = false;
  #isPaused = false;
  #claiming = false;
  #claimAgain = false;
  #claimed: Promise<void> = Promise.resolve();
  #poll: NodeJS.Timeout | undefined;
  #promoteAt = Infinity;
  #givenBytes = 0;
  #unlisten: (() => void) | undefined;
  #unoffer: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    const { id, store, ports, clock = { now: () => Date.now() }, report = () => {} } = options;
    this.id = id;
    const pools = readPools(options.pools ?? ["default"]);
    this.#pools = pools.names;
    this.#places = new PoolPlaces(pools);
    this.#slots = new Slots(options.slots ?? 200, undefined, options.capacity);
    this.#maxGivenBytes = options.maxGivenBytes ?? givenBytesHere();
    this.#drainMs = (options.drainSeconds ?? 20) * 1_000;
    this.#pollMs = options.pollMs ?? 1_000;
    this.#machineClock = clock;
    this.#clock = new StoreClock(clock);
    this.#context = { store, ports, workflows: new WorkflowCache(ports), clock: this.#clock, settings: { ...DEFAULT_SETTINGS, ...options.settings }, report, observer: options.observer };
    const leaseMs = (options.leaseSeconds ?? 30) * 1_000;
    this.#probation = new Probation(this.#context.settings.probationMs ?? leaseMs / 3, () => this.#claimSoon());
    this.#guard = new LeaseGuard(leaseMs, {
      held: () => [...this.#sessions.values(), ...this.#writing.values()],
      renew: (held) => store.heartbeat(id, held),
      tidy: (held) => store.giveBackUnheld(id, held),
      report: (error) => report(error, null),
    });
  }

  stats(): WorkerStats {
    return { heldRuns: this.#sessions.size, busySlots: this.#slots.busy };
  }

  start(): void {
    this.#unlisten = this.#context.store.listen((wake) => this.#onWake(wake));
    this.#unoffer = this.#context.store.offer({ workerId: this.id, reserve: (runs) => this.#reserve(runs) });
    this.#guard.start();
    void this.#tick();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#claimSoon();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#poll);
    this.#unlisten?.();
    this.#unoffer?.();
    const deadline = setTimeout(() => {
      for (const session of this.#sessions.values()) session.abort("drained");
    }, this.#drainMs);
    for (const session of this.#sessions.values()) session.drain();
    while (this.#adopting.size > 0 || this.#reserved.size > 0 || this.#claiming) await Promise.all([...this.#adopting, ...this.#reserved, this.#claimed]);
    clearTimeout(deadline);
    this.#guard.stop();
  }

  #onWake(wake: Wake): void {
    if (wake.kind === "message") void this.#sessions.get(wake.runId)?.deliver();
    else if (wake.pools.length === 0 || wake.pools.some((pool) => this.#pools.includes(pool))) this.#claimSoon();
  }

  /** Slow poll, and the timers of runs that have left memory. */
  async #tick(): Promise<void> {
    if (this.#stopping) return;
    let next = this.#pollMs;
    this.#promoteAt = Infinity;
    try {
      const { nextDueInMs } = await this.#context.store.promote();
      if (nextDueInMs !== null) next = Math.min(next, Math.max(1, nextDueInMs));
    } catch (error) {
      this.#context.report(error, null);
    }
    this.#claimSoon();
    this.#tickIn(next);
  }

  #tickIn(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.#stopping || at >= this.#promoteAt) return;
    this.#promoteAt = at;
    clearTimeout(this.#poll);
    this.#poll = setTimeout(() => void this.#tick(), delayMs);
  }

  #claimSoon(): void {
    this.#claimAgain = true;
    if (!this.#claiming && !this.#stopping && !this.#isPaused) this.#claimed = this.#claim();
  }

  async #claim(): Promise<void> {
    this.#claiming = true;
    try {
      while (this.#claimAgain && !this.#stopping && !this.#isPaused) {
        this.#claimAgain = false;
        const limit = Math.min(CLAIM_BATCH, this.#slots.total - this.#adopting.size);
        // What ends frees a place and asks again.
        if (limit <= 0 || this.#probation.isStrict) return void (this.#claimAgain = true);
        const suspect = this.#probation.takeTurn();
        // The turn of the others: that of suspects comes after it.
        if (!suspect && !this.#probation.isUnderWay) this.#claimAgain = true;
        const [askedAt, claimedAt] = [this.#machineClock.now(), performance.now()];
        let taken = 0;
        for (const request of this.#places.requests(limit)) {
          const room = Math.min(request.limit, limit - taken);
          if (room <= 0) {
            this.#claimAgain = true;
            break;
          }
          const runs = await this.#context.store.claim({ workerId: this.id, pools: request.pools, limit: room, maxBytes: this.#maxGivenBytes - this.#givenBytes, suspect });
          const watched = suspect && runs[0] !== undefined && isSuspect(runs[0]);
          if (watched) this.#probation.begin(runs[0]!);
          taken += runs.length;
          for (const run of runs) {
            this.#clock.follow(run.now, askedAt);
            this.#track(this.#adopt(run, claimedAt, new Map()), run);
          }
          if (runs.length === room || watched) this.#claimAgain = true;
          if (watched) break;
        }
      }
    } catch (error) {
      this.#context.report(error, null);
    } finally {
      this.#claiming = false;
    }
  }

  /** New runs are taken at once while less than half of the places are used; beyond that other workers may have more room. */
  #reserve(runs: readonly NewRun[]): Reservation | null {
    const free = Math.floor(this.#slots.total / 2) - this.#adopting.size;
    if (this.#stopping || this.#isPaused || this.#claiming || this.#probation.isStrict || free <= 0) return null;
    const taken = runs.filter((run) => this.#pools.includes(run.pool) && !this.#places.isLimited(run.pool) && givenBytes(run) === 0).slice(0, free);
    if (taken.length === 0) return null;
    let settled = () => {};
    const reservation = new Promise<void>((resolve) => (settled = resolve));
    this.#reserved.add(reservation);
    const [askedAt, reservedAt] = [this.#machineClock.now(), performance.now()];
    return {
      runIds: new Set(taken.map(({ id }) => id)),
      settle: (claims) => {
        for (const run of claims) {
          this.#clock.follow(run.now, askedAt);
          this.#track(this.#adopt(run, reservedAt, new Map()), run);
        }
        this.#reserved.delete(reservation);
        settled();
      },
    };
  }

  #track(work: Promise<void>, claim: ClaimedRun): void {
    const { pool, givenBytes } = claim;
    this.#adopting.add(work);
    this.#places.take(pool);
    this.#givenBytes += givenBytes;
    void work.finally(() => {
      const wasFull = this.#givenBytes >= this.#maxGivenBytes;
      this.#adopting.delete(work);
      this.#places.giveBack(pool);
      this.#givenBytes -= givenBytes;
      this.#probation.end(claim);
      if (this.#claimAgain || wasFull || this.#places.isLimited(pool)) this.#claimSoon();
    });
  }

  async #adopt(claim: ClaimedRun, claimedAt: number, refused: ReadonlyMap<string, StepError>, left = NOTHING_LEFT): Promise<void> {
    try {
      const workflow = await this.#context.workflows.usable(claim);
      if (workflow === null) return await this.#giveUp(claim, { code: "version_missing", message: "the workflow version of this run does not exist" });
      if (isAtFault(claim, this.#context.settings.maxTakeovers)) {
        return await this.#giveUp(claim, { code: "worker_lost", message: `a worker was lost ${claim.takeovers} times while this run made no progress` });
      }
      // Whoever goes on in the same claim has written it, or cannot.
      const kept: Held = { run: { claim }, inbox: { lastSeq: claim.inboxSeq }, leasedAt: claimedAt, abort: () => void this.#writing.delete(claim.id), deliver: () => {} };
      const written = claim.refusal === null || refused.size > 0 ? claim : await this.#writeKept(claim, kept);
      if (written === null) return;
      await this.#hold(new RunSession(new RunContext(written, workflow, this.#context), { slots: this.#slots, pacer: this.#pacer, claimedAt: kept.leasedAt, refused, ...left, serves: (pool) => this.#places.mayMix(claim.pool, pool), progressed: () => this.#probation.end(claim) }), refused);
    } catch (error) {
      if (error instanceof StoreRefusedError) return this.#putBack(claim, error, null);
      if (error instanceof UnstorableError) return this.#goOnRefused(claim, claimedAt, refused, error, left);
      if (!(error instanceof StepFailure)) return this.#context.report(error, claim);
      await this.#giveUp(claim, error.error).catch((failure: unknown) => this.#context.report(failure, claim));
    }
  }

  async #hold(session: RunSession, refused: ReadonlyMap<string, StepError>): Promise<void> {
    const { claim } = session.run;
    const other = this.#sessions.get(claim.id);
    // Of two claims of a run the older one has lost it, also when it is the last to get here.
    if (other !== undefined && other.run.claim.epoch > claim.epoch) return;
    other?.abort("lost");
    this.#sessions.set(claim.id, session);
    if (this.#stopping) session.drain();
    this.#probation.watch(claim, () => session.clear());
    await session.start();
    const end = await session.ended;
    await session.snapshots.settled();
    // Its lease is kept until it is: a flush may still be under way.
    if (end.kind === "put_back") await this.#putBack({ ...claim, refusal: end.before }, end.error, await end.kept);
    if (end.kind === "refused") await session.hold.over();
    if (this.#sessions.get(claim.id) === session) this.#sessions.delete(claim.id);
    if (end.kind === "released") {
      const next = session.timers.next();
      if (next !== null) this.#tickIn(Math.max(1, next - this.#context.clock.now()));
    }
    if (end.kind === "broken") await this.#giveUpBroken(claim, end.error);
    // What came meanwhile it has heard of, and what it made of that is gone.
    if (end.kind === "refused") await this.#goOnRefused({ ...claim, inboxSeq: Math.max(1, session.inbox.lastSeq), vars: session.run.variablesText }, session.leasedAt, refused, end.error, await end.left);
  }

  /** First of all what the store has refused, so that nothing is done again that is done. Null: that was the run's end, or it is another's now. */
  async #writeKept(claim: ClaimedRun, held: Held): Promise<ClaimedRun | null> {
    const { store, observer } = this.#context;
    const text = await store.kept(claim.id);
    if (text === null) return claim;
    const write = keptWrite(text, claim.epoch);
    // It may take as long as a lease.
    this.#writing.set(claim.id, held);
    const result = await store.flush(write).finally(() => this.#writing.delete(claim.id));
    if (result === "lost") return null;
    if (write.finish === undefined) return { ...claim, refusal: null, hasHistory: true, hasSnapshot: false, vars: write.vars ?? claim.vars };
    const { status, finishedAt } = write.finish;
    observer?.runEnded(claim, { status, finishedAt });
    return null;
  }

  /** It may be mended: the run waits for that, longer each time, and its page says for what. */
  async #putBack(claim: ClaimedRun, error: StoreRefusedError, kept: RunWrite | null): Promise<void> {
    const { report, clock, settings } = this.#context;
    report(error, claim);
    const refusal = nextRefusal(claim.refusal, error, clock.now(), settings.refusalDelayMs);
    if (mayTryAgain(refusal, error, settings.maxRefusals)) return this.#waitForStore(claim, refusal, kept);
    await this.#giveUp(claim, refusedTooOften(refusal), kept);
  }

  async #waitForStore(claim: ClaimedRun, refusal: Refusal, kept: RunWrite | null): Promise<void> {
    const { report, store, clock } = this.#context;
    await store.putBack({ runId: claim.id, epoch: claim.epoch, refusal, kept: keptText(kept) }).catch((failure: unknown) => report(failure, claim));
    this.#tickIn(Math.max(1, refusal.until - clock.now()));
  }

  /** The store cannot hold what a step gave: the run goes on from its journal, and that attempt fails. */
  async #goOnRefused(claim: ClaimedRun, leasedAt: number, refused: ReadonlyMap<string, StepError>, { step, what, message, cause }: UnstorableError, { ended, said }: LeftUnwritten): Promise<void> {
    const error: StepError = { code: what === "child" ? "child_refused" : "unstorable_value", message: cause instanceof Error ? cause.message : message };
    if (step === null) return this.#giveUp(claim, error);
    await this.#adopt({ ...claim, hasHistory: true, hasSnapshot: false }, leasedAt, new Map(refused).set(`${step.path}#${step.attempt}`, error), { said, ended: ended.filter(({ path, attempt }) => path !== step.path || attempt !== step.attempt) });
  }

  /** A fault of the worker would be met again by every other one: better a failed run that says so than one that never ends. */
  async #giveUpBroken(claim: ClaimedRun, error: unknown): Promise<void> {
    if (error instanceof StepFailure) return this.#giveUp(claim, error.error);
    this.#context.report(error, claim);
    await this.#giveUp(claim, { code: "internal_error", message: error instanceof Error ? error.message : String(error) });
  }

  /** `kept`: what may be written in place of that, should even its end be refused. */
  async #giveUp(claim: ClaimedRun, error: StepError, kept: RunWrite | null = null): Promise<void> {
    const workflow = claim.mutexKey === null ? null : await this.#context.workflows.of(claim).catch(() => null);
    const write = finishUnrunnable(claim, error, this.#context.clock.now());
    const place = heldPlace(claim, workflow);
    try {
      await this.#context.store.flush(place === null ? write : { ...write, frees: place });
    } catch (refused) {
      if (!(refused instanceof StoreRefusedError)) throw refused;
      const { report, clock, settings } = this.#context;
      report(refused, claim);
      await this.#waitForStore(claim, nextRefusal(claim.refusal, refused, clock.now(), settings.refusalDelayMs), kept);
    }
  }
}
