import type { Pool } from "pg";
import type { Admission, AdmissionAnswer, ClaimedRun, Heartbeat, HeldRun, Hold, InboxMessage, KeptSnapshot, NewMessage, NewRun, Promotion, PutBack, ReleaseRun, RunHistory, RunStore, RunWrite, RunTaker, Snapshot, StepPlaceAnswer, StepPlaceRequest, StepTurn, StepTurnRequest, StoredValue, StreamChunk, ValueRequest, Wake } from "@/server/engine/ports";
import { admitRun } from "@/server/queue/admission";
import { toRefusal } from "@/server/queue/database-errors";
import { Claimer } from "@/server/queue/claim";
import { Committer } from "@/server/queue/committer";
import { insertRuns, type Enqueued } from "@/server/queue/enqueue";
import { EnqueueBatcher } from "@/server/queue/enqueue-batcher";
import { keepSnapshot, readHistory, readInbox, readKept, readSnapshot, readValues } from "@/server/queue/journal-rows";
import { giveBackUnheld, promoteRuns, putBackRun, releaseRun, renewLeases, takeLost, tellHold } from "@/server/queue/lease";
import { sendMessage, type Delivered } from "@/server/queue/messages";
import { Offers } from "@/server/queue/offers";
import { Notifier } from "@/server/queue/notifier";
import { patiently } from "@/server/queue/patience";
import { takeStepPlace } from "@/server/queue/step-places";
import { takeStepTurn } from "@/server/queue/step-turns";
import { messageItem, QueueListener, readyItem } from "@/server/queue/queue-listener";

export interface PgRunStoreOptions {
  /** For the statements; its connections should plan generically (`queuePoolOptions`). */
  pool: Pool;
  /** Without a pooler between, for LISTEN. Left out: only this process's own hints are heard. */
  listenUrl?: string;
  leaseSeconds: number;
  flushLanes?: number;
}

const FLUSH_LANES = 2;
const MAX_FLUSHED_RUNS = 500;

/** The durable back end over PostgreSQL. */
export class PgRunStore implements RunStore {
  readonly #pool: Pool;
  readonly #claimer: Claimer;
  readonly #committer: Committer;
  readonly #offers: Offers;
  readonly #enqueuer: EnqueueBatcher;
  #pieces = 0;
  readonly #notifier: Notifier;
  readonly #listener: QueueListener | undefined;
  readonly #listeners = new Set<(wake: Wake) => void>();
  readonly #leaseSeconds: number;
  readonly #name = crypto.randomUUID().slice(0, 8);

  constructor({ pool, listenUrl, leaseSeconds, flushLanes = FLUSH_LANES }: PgRunStoreOptions) {
    this.#pool = pool;
    this.#leaseSeconds = leaseSeconds;
    this.#notifier = new Notifier(pool);
    this.#claimer = new Claimer(pool, leaseSeconds, () => performance.now());
    this.#offers = new Offers(leaseSeconds, (run) => this.#claimer.mayPass(run));
    this.#enqueuer = new EnqueueBatcher((runs) => this.#enqueueNow(runs));
    this.#committer = new Committer(
      pool,
      {
        committed: (writes) => this.#changed(writes),
        ready: (runs) => this.#ready(runs),
        messaged: (runIds) => this.#messaged(runIds),
      },
      this.#offers,
      { lanes: flushLanes, maxRuns: MAX_FLUSHED_RUNS, patienceMs: leaseSeconds * 1_000 },
    );
    if (listenUrl !== undefined) {
      this.#listener = new QueueListener(
        listenUrl,
        (notice) => {
          if (notice.sender === this.#name) return;
          if (notice.kind === "message") return this.#wake({ kind: "message", runId: notice.runId });
          this.#claimer.note(notice);
          this.#wake({ kind: "ready", pools: [notice.pool] });
        },
        () => this.#wake({ kind: "ready", pools: [] }),
      );
    }
  }

  enqueue(runs: NewRun[]): Promise<void> {
    return this.#enqueuer.add(runs);
  }

  claim({ workerId, pools, limit, maxBytes = Infinity, suspect = true }: { workerId: string; pools: string[]; limit: number; maxBytes?: number; suspect?: boolean }): Promise<ClaimedRun[]> {
    return this.#claimer.claim(workerId, pools, { runs: limit, bytes: maxBytes }, suspect);
  }

  offer(taker: RunTaker): () => void {
    return this.#offers.add(taker);
  }

  history(runId: string, afterSeq?: number): Promise<RunHistory> {
    return this.#patiently(() => readHistory(this.#pool, runId, afterSeq));
  }

  snapshot(runId: string, epoch: number): Promise<KeptSnapshot | null> {
    return this.#patiently(() => readSnapshot(this.#pool, runId, epoch));
  }

  keepSnapshot(run: { runId: string; epoch: number } & Snapshot): Promise<void> {
    return keepSnapshot(this.#pool, run);
  }

  values(runId: string, wanted: ValueRequest[]): Promise<Map<string, StoredValue>> {
    return this.#patiently(() => readValues(this.#pool, runId, wanted));
  }

  inbox(runId: string, afterSeq: number, most?: number): Promise<InboxMessage[]> {
    return this.#patiently(() => readInbox(this.#pool, runId, afterSeq, most));
  }

  flush(write: RunWrite): Promise<"ok" | "lost"> {
    return this.#committer.flush(write);
  }

  async release(run: ReleaseRun): Promise<"released" | "inbox_changed" | "lost"> {
    const { result, released } = await this.#patiently(() => releaseRun(this.#pool, run));
    if (released !== undefined) {
      // Its status is another one now, although nothing was written for it.
      this.#notifier.send({ channel: "millrace_run", item: `${released.workspaceId}/${released.runId}` });
      this.#ready([...(run.reason === "queued" ? [released] : []), ...this.#claimer.released(released.workspaceId)]);
    }
    return result;
  }

  async putBack(request: PutBack): Promise<"ok" | "lost"> {
    const workspaceId = await this.#patiently(() => putBackRun(this.#pool, request));
    if (workspaceId === null) return "lost";
    this.#notifier.send({ channel: "millrace_run", item: `${workspaceId}/${request.runId}` });
    this.#ready(this.#claimer.released(workspaceId));
    return "ok";
  }

  async tellHold(request: { runId: string; epoch: number; hold: Hold | null }): Promise<void> {
    const workspaceId = await tellHold(this.#pool, request);
    if (workspaceId !== null) this.#notifier.send({ channel: "millrace_run", item: `${workspaceId}/${request.runId}` });
  }

  kept(runId: string): Promise<string | null> {
    return this.#patiently(() => readKept(this.#pool, runId));
  }

  async admit(request: Admission): Promise<AdmissionAnswer> {
    const { answer, delivered, ended, ready } = await this.#patiently(() => admitRun(this.#pool, request));
    for (const { workspaceId, runId } of ended) this.#notifier.send({ channel: "millrace_run", item: `${workspaceId}/${runId}` });
    this.#ready(ready);
    this.#delivered(delivered);
    return answer;
  }

  async takeStepTurn(request: StepTurnRequest): Promise<StepTurn> {
    const { answer, delivered } = await this.#patiently(() => takeStepTurn(this.#pool, request));
    this.#delivered(delivered);
    return answer;
  }

  takeStepPlace(request: StepPlaceRequest): Promise<StepPlaceAnswer> {
    return this.#patiently(() => takeStepPlace(this.#pool, request));
  }

  async giveBackUnheld(workerId: string, held: string[]): Promise<void> {
    this.#ready(await giveBackUnheld(this.#pool, workerId, held, this.#leaseSeconds));
  }

  /** Of workers whose processes are gone for certain: nobody waits for their leases to run out. */
  async takeLost(workerIds: readonly string[]): Promise<void> {
    this.#ready(await takeLost(this.#pool, workerIds, this.#leaseSeconds));
  }

  heartbeat(workerId: string, held: HeldRun[]): Promise<Heartbeat> {
    return renewLeases(this.#pool, workerId, held, this.#leaseSeconds);
  }

  send(message: NewMessage): Promise<boolean> {
    return this.#patiently(() => this.#sendNow(message));
  }

  async #sendNow(message: NewMessage): Promise<boolean> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const sent = await sendMessage(client, message);
      await client.query("COMMIT");
      this.#delivered(sent?.delivered == null ? [] : [sent.delivered]);
      return sent !== null;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  async promote(): Promise<Promotion> {
    const { promotion, ready } = await promoteRuns(this.#pool, this.#leaseSeconds);
    this.#ready(ready);
    return promotion;
  }

  listen(listener: (wake: Wake) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish({ runId, workspaceId, path, chunk }: StreamChunk): void {
    // Counted: of two notices with the same text in one transaction PostgreSQL delivers one, and a text repeats words.
    for (const part of sliced(chunk)) this.#notifier.send({ channel: "millrace_stream", text: JSON.stringify({ runId, workspaceId, path, chunk: part, n: this.#pieces++ }) });
  }

  async close(): Promise<void> {
    await this.#notifier.close();
    await this.#listener?.stop();
  }

  /** A database that is away for a moment must not fail the steps that read from it. */
  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await patiently(this.#leaseSeconds * 1_000, attempt);
    } catch (error) {
      throw toRefusal(error);
    }
  }

  async #enqueueNow(runs: NewRun[]): Promise<void> {
    const offered = this.#offers.offer(runs);
    let made: Enqueued[] = [];
    try {
      made = await insertRuns(this.#pool, offered.runs);
    } finally {
      this.#ready(offered.settle(made));
    }
    for (const { workspaceId, runId } of made) this.#notifier.send({ channel: "millrace_run", item: `${workspaceId}/${runId}` }, "later");
  }

  #changed(writes: readonly RunWrite[]): void {
    this.#ready(writes.flatMap(({ workspaceId, finish }) => (finish === undefined ? [] : this.#claimer.released(workspaceId))));
    for (const { workspaceId, runId, finish, waits, steps } of writes) {
      const isAwaited = finish !== undefined || waits.length > 0 || steps.some(({ kind }) => kind === "respond");
      this.#notifier.send({ channel: "millrace_run", item: `${workspaceId}/${runId}` }, isAwaited ? "soon" : "later");
    }
  }

  #ready(runs: readonly Enqueued[]): void {
    if (runs.length === 0) return;
    const lowest = new Map<string, Enqueued>();
    for (const run of runs) {
      this.#claimer.note(run);
      const key = `${run.pool}/${run.workspaceId}`;
      const known = lowest.get(key);
      if (known === undefined || run.rank < known.rank) lowest.set(key, run);
    }
    for (const run of lowest.values()) this.#notifier.send({ channel: "millrace_queue", item: readyItem(run, this.#name) });
    this.#wake({ kind: "ready", pools: [...new Set(runs.map((run) => run.pool))] });
  }

  #delivered(delivered: readonly Delivered[]): void {
    this.#ready(delivered.filter((one) => one.state === "queued"));
    this.#messaged(delivered.filter((one) => one.state === "running").map((one) => one.runId));
  }

  #messaged(runIds: readonly string[]): void {
    for (const runId of runIds) {
      this.#notifier.send({ channel: "millrace_queue", item: messageItem(runId, this.#name) });
      this.#wake({ kind: "message", runId });
    }
  }

  #wake(wake: Wake): void {
    for (const listener of this.#listeners) listener(wake);
  }
}

/** Pieces that fit into a notice with room for escapes. */
const CHUNK_CHARACTERS = 1_000;

function sliced(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) parts.push(text.slice(at, at + CHUNK_CHARACTERS));
  return parts;
}
