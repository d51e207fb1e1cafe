import type {
  Admission,
  AdmissionAnswer,
  ClaimedRun,
  Heartbeat,
  HeldRun,
  Hold,
  InboxMessage,
  KeptSnapshot,
  NewMessage,
  NewRun,
  Place,
  Promotion,
  PutBack,
  ReleaseRun,
  RunHistory,
  RunStore,
  RunWrite,
  Snapshot,
  StepPlaceAnswer,
  StepPlaceRequest,
  StepTurn,
  StepTurnRequest,
  StoredValue,
  StreamChunk,
  ValueRequest,
  Wake,
} from "@/server/engine/ports";
import { StoreRefusedError } from "@/server/engine/ports";
import { isSuspect } from "@/server/engine/suspects";
import { givenBytes } from "@/server/queue/given-bytes";
import { amend, claimOf, upsertStep, type StoredRun } from "@/server/testing/memory-rows";
import { MemoryGates } from "@/server/testing/memory-gates";
import { MemoryTurns } from "@/server/testing/memory-turns";
import type { EventRecord, StepRecord } from "@/server/engine/journal";

export interface MemoryStoreOptions {
  leaseMs?: number;
  now?: () => number;
}

/** A `RunStore` without a database: the same promises, kept in one process. */
export class MemoryStore implements RunStore {
  readonly runs = new Map<string, StoredRun>();
  readonly streamed: StreamChunk[] = [];
  /** What it refuses as a database does whose schema or rights are not what they should be. */
  refuses: (write: RunWrite) => boolean = () => false;
  /** Counts flushes that wrote something. */
  flushes = 0;
  readonly #listeners = new Set<(wake: Wake) => void>();
  readonly #leaseMs: number;
  readonly #now: () => number;
  readonly #gates: MemoryGates;
  readonly #turns: MemoryTurns;

  constructor({ leaseMs = 30_000, now = () => Date.now() }: MemoryStoreOptions = {}) {
    this.#leaseMs = leaseMs;
    this.#now = now;
    this.#gates = new MemoryGates({
      runs: this.runs,
      now,
      cancel: (runId, reason) => this.#deliver({ runId, kind: "cancel", path: null, attempt: null, name: null, payload: JSON.stringify({ source: "limit", reason }), key: "cancel:limit" }),
      deliver: (message) => this.#deliver(message),
    });
    this.#turns = new MemoryTurns({ now, reserve: (...asked) => this.#gates.reserve(...asked), deliver: (message) => this.#deliver(message) });
  }

  async enqueue(runs: NewRun[]): Promise<void> {
    await turn();
    for (const run of runs) this.#insert(run);
    this.#wake({ kind: "ready", pools: [...new Set(runs.map((run) => run.pool))] });
  }

  async claim({ pools, limit, maxBytes = Infinity, suspect = true }: { workerId: string; pools: string[]; limit: number; maxBytes?: number; suspect?: boolean }): Promise<ClaimedRun[]> {
    await turn();
    const claimed: ClaimedRun[] = [];
    let bytes = 0;
    const ready = [...this.runs.values()].filter((stored) => stored.state === "queued" && pools.includes(stored.pool));
    const suspects = suspect ? ready.filter(isSuspect).toSorted((a, b) => b.lostAlone - a.lostAlone).slice(0, 1) : [];
    for (const stored of suspects.length > 0 ? suspects : ready.filter((one) => !isSuspect(one))) {
      if (claimed.length === limit) break;
      const size = givenBytes(stored.run);
      if (size > 0 && bytes >= maxBytes) continue;
      bytes += size;
      stored.state = "running";
      stored.epoch += 1;
      stored.alone = isSuspect(stored);
      stored.claimedAt = this.#now();
      stored.leaseUntil = this.#now() + this.#leaseMs;
      stored.startedAt ??= this.#now();
      claimed.push(claimOf(stored, this.#now()));
    }
    return claimed;
  }

  async history(runId: string, afterSeq = 0): Promise<RunHistory> {
    await turn();
    const stored = this.#get(runId);
    const rows = [...stored.steps.values()];
    const records: (StepRecord | EventRecord)[] = [...rows.flatMap((row) => [row.entry, row.end]).filter((record) => record !== null), ...stored.events];
    const started = rows.filter((row) => row.status === "running" && row.entry === null);
    const checkpoints = new Map(rows.toSorted((a, b) => a.attempt - b.attempt).flatMap(({ path, status, checkpoint }) => (checkpoint === null || status === "succeeded" ? [] : [[path, checkpoint]])));
    return {
      records: records.filter(({ seq }) => seq > afterSeq).sort((a, b) => a.seq - b.seq).map((record) => structuredClone(record)),
      started: started.map(({ path, attempt, startedAt }) => ({ path, attempt, at: startedAt })),
      checkpoints: [...checkpoints].map(([path, text]) => ({ path, text })),
    };
  }

  async snapshot(runId: string, epoch: number): Promise<KeptSnapshot | null> {
    await turn();
    const { snapshot, epoch: current } = this.#get(runId);
    return snapshot === null || current !== epoch ? null : { text: snapshot.text, isWhole: snapshot.isLeft && snapshot.epoch === epoch - 1 };
  }

  async keepSnapshot({ runId, epoch, ...snapshot }: { runId: string; epoch: number } & Snapshot): Promise<void> {
    await turn();
    const stored = this.#get(runId);
    if (stored.state !== "running" || stored.epoch !== epoch || (stored.snapshot?.seq ?? -1) >= snapshot.seq) return;
    stored.snapshot = { epoch, isLeft: false, ...snapshot };
  }

  async values(runId: string, wanted: ValueRequest[]): Promise<Map<string, StoredValue>> {
    await turn();
    const found = new Map<string, StoredValue>();
    for (const { path, what, attempt } of wanted) {
      const rows = [...this.#get(runId).steps.values()].filter((row) => row.path === path && (attempt === undefined || row.attempt === attempt));
      const row = rows.filter((one) => one[what] != null).sort((a, b) => b.attempt - a.attempt)[0];
      if (row !== undefined) found.set(path, { path, attempt: row.attempt, status: row.status, text: row[what] ?? null });
    }
    return found;
  }

  async inbox(runId: string, afterSeq: number, most?: number): Promise<InboxMessage[]> {
    await turn();
    return this.#get(runId).inbox.filter((message) => message.seq > afterSeq).slice(0, most);
  }

  async flush(write: RunWrite): Promise<"ok" | "lost"> {
    await turn();
    const stored = this.#get(write.runId);
    if (stored.state !== "running" || stored.epoch !== write.epoch) return "lost";
    if (this.refuses(write)) throw new StoreRefusedError("the test refuses it");
    this.flushes += 1;
    for (const step of write.steps) upsertStep(stored, step);
    stored.events.push(...write.events);
    stored.logs.push(...write.logs);
    for (const { path, attempt, value } of write.checkpoints) amend(stored, path, attempt, { checkpoint: value });
    for (const { path, attempt, value } of write.progress) amend(stored, path, attempt, { progress: value });
    stored.waits.push(...write.waits);
    stored.vars = write.vars ?? stored.vars;
    if (write.resetTakeovers === true) stored.takeovers = stored.lostAlone = stored.livedMs = 0;
    if (write.resetTakeovers === true) stored.refusal = stored.kept = null;
    if (write.resetTakeovers === true || write.isCleared === true) stored.alone = false;
    for (const child of write.children) this.#insert(child);
    for (const message of write.messages) this.#deliver(message);
    if (write.abandons === true) this.#abandon(stored);
    if (write.finish !== undefined) {
      stored.finish = write.finish;
      stored.state = null;
      stored.snapshot = null;
    }
    for (const freed of [write.freesSteps, ...(write.abandons === true ? (["all"] as const) : [])]) {
      if (freed === undefined) continue;
      this.#gates.freeStepPlaces(write.runId, freed);
      this.#turns.forget(write.runId, freed);
    }
    if (write.frees !== undefined) this.#fill(stored.run.workspaceId, write.frees);
    if (write.children.length > 0) this.#wake({ kind: "ready", pools: write.children.map((child) => child.pool) });
    return "ok";
  }

  async release({ runId, epoch, inboxSeq, dueAt, reason, handOver, snapshot }: ReleaseRun): Promise<"released" | "inbox_changed" | "lost"> {
    await turn();
    const stored = this.#get(runId);
    if (stored.state !== "running" || stored.epoch !== epoch) return "lost";
    if (reason === "waiting" && stored.inbox.length > inboxSeq) return "inbox_changed";
    stored.state = reason;
    stored.alone = false;
    stored.refusal = null;
    if (snapshot !== undefined) stored.snapshot = { epoch, isLeft: true, ...snapshot };
    stored.dueAt = dueAt;
    if (handOver !== undefined) stored.pool = handOver.pool;
    if (reason === "queued") this.#wake({ kind: "ready", pools: [stored.pool] });
    return "released";
  }

  async putBack({ runId, epoch, refusal, kept }: PutBack): Promise<"ok" | "lost"> {
    await turn();
    const stored = this.#get(runId);
    if (stored.state !== "running" || stored.epoch !== epoch) return "lost";
    Object.assign(stored, { state: "waiting", alone: false, dueAt: refusal.until, refusal, kept: kept ?? stored.kept });
    return "ok";
  }

  async tellHold({ runId, epoch, hold }: { runId: string; epoch: number; hold: Hold | null }): Promise<void> {
    await turn();
    const stored = this.#get(runId);
    if (stored.state === "running" && stored.epoch === epoch) stored.refusal = hold?.kind === "refused" ? hold : null;
  }

  async kept(runId: string): Promise<string | null> {
    await turn();
    return this.#get(runId).kept;
  }

  async admit(admission: Admission): Promise<AdmissionAnswer> {
    await turn();
    const stored = this.#get(admission.runId);
    if (stored.state !== "running" || stored.epoch !== admission.epoch) return { kind: "lost" };
    return this.#gates.admit(stored, admission);
  }

  async takeStepTurn(request: StepTurnRequest): Promise<StepTurn> {
    await turn();
    const stored = this.#get(request.runId);
    if (stored.state !== "running" || stored.epoch !== request.epoch) return { kind: "lost" };
    return this.#turns.take(request);
  }

  async takeStepPlace(request: StepPlaceRequest): Promise<StepPlaceAnswer> {
    await turn();
    const stored = this.#get(request.runId);
    if (stored.state !== "running" || stored.epoch !== request.epoch) return { kind: "lost" };
    return this.#gates.takeStepPlace(request);
  }

  #holders(workspaceId: string, key: string): number {
    return [...this.runs.values()].filter((one) => one.run.workspaceId === workspaceId && one.mutexKey === key && one.state !== null && one.state !== "blocked").length;
  }

  /** Those who waited longest take the places that are free now. */
  #fill(workspaceId: string, { key, limit }: Place): void {
    for (const stored of this.runs.values()) {
      if (stored.state !== "blocked" || stored.run.workspaceId !== workspaceId || stored.mutexKey !== key) continue;
      if (this.#holders(workspaceId, key) >= limit) return;
      stored.state = "queued";
      this.#wake({ kind: "ready", pools: [stored.pool] });
    }
  }

  /** Its runs are claimed, all of them. */
  offer(): () => void {
    return () => {};
  }

  /** No answer of it gets lost. */
  async giveBackUnheld(): Promise<void> {}

  async heartbeat(_workerId: string, held: HeldRun[]): Promise<Heartbeat> {
    await turn();
    const lost: string[] = [];
    const unread: string[] = [];
    for (const { runId, epoch, inboxSeq } of held) {
      const stored = this.#get(runId);
      if (stored.state !== "running" || stored.epoch !== epoch) lost.push(runId);
      else stored.leaseUntil = this.#now() + this.#leaseMs;
      if (stored.inbox.length > inboxSeq) unread.push(runId);
    }
    return { lost, unread, late: [] };
  }

  async send(message: NewMessage): Promise<boolean> {
    await turn();
    return this.#deliver(message);
  }

  async promote(): Promise<Promotion> {
    await turn();
    const now = this.#now();
    let [due, expired, next] = [0, 0, Infinity];
    for (const stored of this.runs.values()) {
      if (stored.state === "running" && stored.leaseUntil < now) {
        this.#lose(stored);
        expired += 1;
      } else if (stored.state === "waiting" && stored.dueAt !== null) {
        if (stored.dueAt <= now) {
          stored.state = "queued";
          due += 1;
        } else next = Math.min(next, stored.dueAt - now);
      }
    }
    return { due, expired, nextDueInMs: next === Infinity ? null : next };
  }

  listen(listener: (wake: Wake) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(chunk: StreamChunk): void {
    this.streamed.push(chunk);
  }

  /** As if the holder of the run had been silent for longer than its lease. */
  expire(runId: string): void {
    const stored = this.#get(runId);
    stored.leaseUntil = this.#now() + this.#leaseMs;
    this.#lose(stored);
  }

  #lose(stored: StoredRun): void {
    stored.livedMs = Math.max(stored.livedMs, stored.leaseUntil - this.#leaseMs - stored.claimedAt);
    stored.state = "queued";
    stored.epoch += 1;
    stored.takeovers += 1;
    stored.lostAlone += stored.alone ? 1 : 0;
    stored.alone = false;
    this.#wake({ kind: "ready", pools: [stored.pool] });
  }

  #get(runId: string): StoredRun {
    const stored = this.runs.get(runId);
    if (stored === undefined) throw new Error(`there is no run ${runId}`);
    return stored;
  }

  #insert(run: NewRun): void {
    if (this.runs.has(run.id)) return;
    const dueLater = run.dueAt !== undefined && run.dueAt > this.#now();
    this.runs.set(run.id, {
      run,
      pool: run.pool,
      createdAt: this.#now(),
      state: dueLater ? "waiting" : "queued",
      mutexKey: null,
      gate: 0,
      epoch: 0,
      leaseUntil: 0,
      dueAt: run.dueAt ?? null,
      startedAt: null,
      takeovers: 0,
      lostAlone: 0,
      alone: false,
      livedMs: 0,
      refusal: null,
      kept: null,
      claimedAt: 0,
      vars: null,
      snapshot: null,
      steps: new Map(),
      events: [],
      logs: [],
      waits: [],
      inbox: [],
      keys: new Set(),
      finish: null,
    });
  }

  #deliver({ runId, key, ...message }: NewMessage): boolean {
    const stored = this.runs.get(runId);
    if (stored === undefined || stored.state === null) return false;
    if (stored.keys.has(key)) return true;
    stored.keys.add(key);
    stored.inbox.push({ ...message, seq: stored.inbox.length + 1, at: this.#now() });
    const wakes = message.kind === "cancel" ? stored.state === "waiting" || stored.state === "blocked" : stored.state === "waiting" && stored.startedAt !== null;
    if (wakes) {
      stored.state = "queued";
      this.#wake({ kind: "ready", pools: [stored.pool] });
    }
    this.#wake({ kind: "message", runId });
    return true;
  }

  #abandon({ run: { id }, steps, waits }: StoredRun): void {
    const at = this.#now();
    for (const [key, step] of steps) if (step.finishedAt === null) steps.set(key, { ...step, status: "cancelled", finishedAt: at });
    const last = new Map(waits.map((wait) => [`${wait.path}#${wait.attempt}`, wait]));
    for (const { op, path, attempt } of last.values()) if (op !== "close") waits.push({ op: "close", path, attempt, status: "cancelled", at });
    const cancel = { kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"parent"}', key: "cancel:parent" } as const;
    for (const { run } of this.runs.values()) if (run.parent?.runId === id) this.#deliver({ runId: run.id, ...cancel });
  }

  #wake(wake: Wake): void {
    for (const listener of this.#listeners) setImmediate(() => listener(wake));
  }
}

/** As with a database, nothing is answered in the same turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
