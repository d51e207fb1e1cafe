import type { ClaimedRun, Heartbeat, HeldRun } from "@/server/engine/ports";

/** A run that the worker is at: a session, or what comes before it. */
export interface Held {
  readonly run: { claim: Pick<ClaimedRun, "id" | "epoch"> };
  readonly inbox: { lastSeq: number };
  /** By the monotonic clock. */
  leasedAt: number;
  abort(reason: "lost"): void;
  deliver(): unknown;
}

interface LeaseKeeper {
  held(): Held[];
  renew(held: HeldRun[]): Promise<Heartbeat>;
  /** Once a beat, whatever is held. */
  tidy(held: string[]): Promise<void>;
  report(error: unknown): void;
}

/**
 * Renews the leases of the held runs. Those of which no renewal was confirmed for two thirds of the lease, by this machine's
 * monotonic clock, other workers may soon take over: they are aborted before that.
 */
export class LeaseGuard {
  #beat: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #beating = false;

  constructor(
    private readonly leaseMs: number,
    private readonly keeper: LeaseKeeper,
  ) {}

  start(): void {
    this.#beat = setInterval(() => {
      void this.#renew();
      this.keeper.tidy(this.keeper.held().map((session) => session.run.claim.id)).catch((error: unknown) => this.keeper.report(error));
    }, this.leaseMs / 4);
    this.#watch = setInterval(() => this.#check(), this.leaseMs / 12);
  }

  stop(): void {
    clearInterval(this.#beat);
    clearInterval(this.#watch);
    clearTimeout(this.#again);
    this.#beat = undefined;
  }

  async #renew(sessions = this.keeper.held()): Promise<void> {
    if (this.#beating || sessions.length === 0) return;
    this.#beating = true;
    const sentAt = performance.now();
    const late = new Set<string>();
    try {
      for (const id of await this.#send(sessions)) late.add(id);
      for (const session of sessions) if (!late.has(session.run.claim.id)) session.leasedAt = sentAt;
    } catch (error) {
      this.keeper.report(error);
    } finally {
      this.#beating = false;
    }
    // A busy run's row is locked by its own flushes half of the time: the next beat could miss it again, and again.
    if (late.size > 0 && this.#beat !== undefined) this.#again = setTimeout(() => void this.#renew(this.keeper.held().filter((session) => late.has(session.run.claim.id))), this.leaseMs / 60);
  }

  /** Answers the runs whose lease stays as it was. */
  async #send(sessions: Held[]): Promise<string[]> {
    const byId = new Map(sessions.map((session) => [session.run.claim.id, session]));
    const held = sessions.map((session) => ({ runId: session.run.claim.id, epoch: session.run.claim.epoch, inboxSeq: session.inbox.lastSeq }));
    const { lost, unread, late } = await this.keeper.renew(held);
    for (const id of lost) byId.get(id)?.abort("lost");
    for (const id of unread) void byId.get(id)?.deliver();
    return late;
  }

  #check(): void {
    const latest = performance.now() - (this.leaseMs * 2) / 3;
    const doubtful = this.keeper.held().filter((session) => session.leasedAt <= latest);
    if (doubtful.length === 0) return;
    this.keeper.report(new Error(`no lease was confirmed for ${Math.round((this.leaseMs * 2) / 3_000)} s: ${doubtful.length} run(s) are given up`));
    for (const session of doubtful) session.abort("lost");
  }
}
