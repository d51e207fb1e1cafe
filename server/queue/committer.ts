import type { Pool, PoolClient } from "pg";
import type { RunWrite } from "@/server/engine/ports";
import { blame } from "@/server/queue/blame";
import { isBusy, isConnectionProblem, isDataProblem, toRefusal } from "@/server/queue/database-errors";
import { flushStatement } from "@/server/queue/flush-statement";
import { lockRuns } from "@/server/queue/messages";
import { freeRuns, ParkedWrites } from "@/server/queue/parked-writes";
import { patiently } from "@/server/queue/patience";
import { within } from "@/server/queue/within";
import { LineMoved, nextInLine } from "@/server/queue/step-places";
import { hasSideWrites, sideWrites } from "@/server/queue/side-writes";
import type { Enqueued } from "@/server/queue/enqueue";
import type { Offers } from "@/server/queue/offers";

export interface CommitListener {
  committed(writes: readonly RunWrite[]): void;
  ready(runs: readonly Enqueued[]): void;
  messaged(runIds: readonly string[]): void;
}

interface Waiting {
  write: RunWrite;
  resolve: (result: "ok" | "lost") => void;
  reject: (reason: Error) => void;
  parkedAt?: number;
}

export interface CommitterOptions {
  /** Flushes on their way at once, each on a connection of its own. */
  lanes: number;
  maxRuns: number;
  /** How long a flush is repeated while the database is away; no longer than the lease. */
  patienceMs: number;
}

/** `again`: it was sent before, and nobody knows whether it was committed. */
type Send = (writes: RunWrite[], again: boolean) => Promise<Set<string>>;

/** Fewer are not worth a second statement. */
const SHARED_RUNS = 32;

/** Group commit: what is ready in all runs goes out in one statement while the next batch gathers. */
export class Committer {
  #waiting: Waiting[] = [];
  #busy = 0;
  #sending = 0;
  readonly #parked: ParkedWrites<Waiting>;

  constructor(
    private readonly pool: Pool,
    private readonly listener: CommitListener,
    private readonly offers: Offers,
    private readonly options: CommitterOptions,
  ) {
    this.#parked = new ParkedWrites(pool, options.patienceMs, (waiting) => {
      this.#waiting.push(...waiting);
      this.#pump();
    });
  }

  flush(write: RunWrite): Promise<"ok" | "lost"> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#busy >= this.options.lanes || this.#waiting.length === 0) return;
    this.#busy += 1;
    // Whatever else becomes ready in this turn of the event loop shares the commit.
    setImmediate(() => void this.#lane());
  }

  async #lane(): Promise<void> {
    const batch = this.#take();
    this.#sending += 1;
    const plain = batch.filter(({ write }) => !hasSideWrites(write));
    const rich = batch.filter(({ write }) => hasSideWrites(write));
    if (plain.length > 0) await this.#commit(plain, (writes, again) => this.#plain(writes, again), wasSent(plain));
    if (rich.length > 0) await this.#commit(rich, (writes, again) => this.#rich(writes, again), wasSent(rich));
    this.#sending -= 1;
    this.#busy -= 1;
    this.#pump();
  }

  /** One write of a run at a time: the fence answers by run, so a stale write must not travel beside the current holder's. */
  #take(): Waiting[] {
    const free = this.options.lanes - this.#sending;
    const share = Math.min(this.options.maxRuns, Math.max(SHARED_RUNS, Math.ceil(this.#waiting.length / free)));
    const batch = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const one of this.#waiting) {
      if (batch.size < share && !batch.has(one.write.runId)) batch.set(one.write.runId, one);
      else later.push(one);
    }
    this.#waiting = later;
    return [...batch.values()];
  }

  /** A batch that the database refuses is halved until the run at fault stands alone. */
  async #commit(batch: Waiting[], send: Send, isRepeated = false): Promise<void> {
    let repeated = isRepeated;
    try {
      // Repeating a flush is harmless: what was written stays as it is, and a run that ended meanwhile counts as lost. One that others hold up is not repeated here.
      const held = await patiently(this.options.patienceMs, () => {
        const again = repeated;
        repeated = true;
        return send(batch.map(({ write }) => write), again);
      }, isBusy);
      this.listener.committed(batch.filter(({ write }) => held.has(write.runId)).map(({ write }) => write));
      for (const { write, resolve } of batch) resolve(held.has(write.runId) ? "ok" : "lost");
    } catch (error) {
      const [only] = batch;
      if (isBusy(error)) {
        await this.#makeWay(batch, send, error);
      } else if (isConnectionProblem(error)) {
        for (const { reject } of batch) reject(error as Error);
      } else if (batch.length === 1 && only !== undefined) {
        only.reject(toRefusal(isDataProblem(error) ? await blame(this.pool, only.write, error) : error) as Error);
      } else {
        await this.#halve(batch, send, repeated);
      }
    }
  }

  async #halve(batch: Waiting[], send: Send, repeated: boolean): Promise<void> {
    const half = Math.ceil(batch.length / 2);
    await this.#commit(batch.slice(0, half), send, repeated);
    await this.#commit(batch.slice(half), send, repeated);
  }

  /** Somebody holds what some of the writes need: those wait apart, the others are sent at once. */
  async #makeWay(batch: Waiting[], send: Send, error: unknown): Promise<void> {
    const free = await freeRuns(this.pool, batch.map(({ write }) => write.runId)).catch(() => new Set<string>());
    const [held, others] = [batch.filter(({ write }) => !free.has(write.runId)), batch.filter(({ write }) => free.has(write.runId))];
    // It was another row, or is given back by now.
    if (held.length === 0 && batch.length > 1) return this.#halve(batch, send, true);
    // With its own row free it is a table that is held, perhaps for long.
    if (held.length === 0) for (const waiting of batch) this.#parked.add(waiting, toRefusal(error) as Error);
    else for (const waiting of held) this.#parked.add(waiting, error as Error);
    if (held.length > 0 && others.length > 0) await this.#commit(others, send, true);
  }

  async #plain(writes: RunWrite[], again: boolean): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ runId: string }>(within(this.options.patienceMs, flushStatement(writes, again)));
    return new Set(rows.map(({ runId }) => runId));
  }

  async #rich(writes: RunWrite[], again: boolean): Promise<Set<string>> {
    const client = await this.pool.connect();
    const others = new Set<string>();
    try {
      for (;;) {
        const held = await this.#transaction(client, { writes, again, others }).catch((error: unknown) => error);
        if (held instanceof Set) return held as Set<string>;
        await client.query("ROLLBACK").catch(() => {});
        if (!(held instanceof LineMoved)) throw held;
        others.add(held.runId);
      }
    } finally {
      client.release();
    }
  }

  /** `others`: whose rows are locked besides. */
  async #transaction(client: PoolClient, { writes, again, others }: { writes: RunWrite[]; again: boolean; others: ReadonlySet<string> }): Promise<Set<string>> {
    await client.query("BEGIN");
    const locked = await lockRuns(client, [...new Set([...others, ...(await nextInLine(client, writes)), ...writes.flatMap((write) => [write.runId, ...write.messages.map((message) => message.runId)])])]);
    const { rows } = await client.query<{ runId: string }>(flushStatement(writes, again));
    const held = new Set(rows.map(({ runId }) => runId));
    const written = writes.filter((write) => held.has(write.runId));
    const children = this.offers.offer(written.flatMap((write) => write.children));
    let made: Enqueued[] = [];
    try {
      const { inserted, ready, messaged } = await sideWrites(client, written, children.runs, locked);
      await client.query("COMMIT");
      made = inserted;
      this.listener.ready(ready);
      this.listener.messaged(messaged);
    } finally {
      this.listener.ready(children.settle(made));
    }
    return held;
  }
}

const wasSent = (batch: readonly Waiting[]): boolean => batch.some(({ parkedAt }) => parkedAt !== undefined);
