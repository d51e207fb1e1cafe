import type { Path, StepStatus } from "@/server/engine/events";
import { type EventRecord, toEvent, toRecord } from "@/server/engine/journal";
import type { NewRun, RunHistory, RunWrite, StepGates, StepPlace, StepTurn } from "@/server/engine/ports";
import { isSettled, locate, nodeIdOf, type RunState } from "@/server/engine/state";
import { filesGiven } from "@/server/expressions/blob-ids";
import { encodeValue } from "@/server/expressions/encoding";
import type { StepError } from "@/server/nodes/runner";
import { crashPoint } from "@/server/testing/crash-points";
import type { Attempt, AttemptHost, StartStep } from "@/server/worker/attempt";
import type { CompiledNode } from "@/server/worker/compiled-workflow";
import { fits, needsOf, tooLarge } from "@/server/worker/capacity";
import { type EndedAttempt, EndedAttempts, givenTo } from "@/server/worker/ended-attempts";
import { giveWayTo } from "@/server/worker/give-way";
import { Payload } from "@/server/worker/payload";
import { openRow, recordRow } from "@/server/worker/rows";
import type { RunSession } from "@/server/worker/session";
import { AbortHandle, StepAbort } from "@/server/worker/step-abort";
import { LeaseLost } from "@/server/worker/step-failure";
import { observedEnd, type StepEnd } from "@/server/worker/step-end";
import { tellOfSlotWait } from "@/server/worker/slot-wait";
import { executeAttempt } from "@/server/worker/step-execution";
import { StepLog } from "@/server/worker/step-log";
import { childRunIdOf } from "@/server/worker/child-run-id";
import { newChild } from "@/server/worker/wait-commands";
import { WriteBuffer } from "@/server/worker/write-buffer";

const PROGRESS_EVERY_MS = 500;

/** What a child run is given, as its row keeps it. */
type GivenInput = Pick<NewRun, "input" | "files">;

/** The attempts a session executes: starts and aborts them, gives them what they ask for, and stores how they end. */
export class AttemptKeeper implements AttemptHost {
  readonly #running = new Map<string, Attempt>();
  /** When attempts began whose rows another worker had opened, by `path#attempt`. */
  readonly #begun = new Map<string, number>();
  /** As they are stored, of steps that may be attempted again. */
  readonly #checkpoints = new Map<Path, string>();
  /** Evaluated configs of attempts that wait in memory. */
  readonly #waiting = new Map<string, string | null>();
  /** Of child runs that are about to be made. */
  readonly #childInputs = new Map<string, GivenInput>();
  readonly #progressAt = new Map<string, number>();
  readonly #opened = new Set<Attempt>();
  /** Those of them that are at work, or have ended and are about to be recorded. */
  readonly #atWork = new Set<Attempt>();
  readonly ended: EndedAttempts;
  #progressed = false;
  readonly #log: StepLog;
  #outside = 0;

  constructor(private readonly session: RunSession) {
    this.ended = new EndedAttempts(session.options.ended);
    this.#log = new StepLog(session.run, (line) => {
      session.journal.buffer.log(line);
      session.journal.scheduleSoft();
    });
  }

  /** Attempts that wait for the world: an effect, or its turn. */
  get outside(): number {
    return this.#outside;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Attempts whose effect has begun, and which have not been recorded. */
  get begun(): number {
    return this.#atWork.size;
  }

  /** Attempts of which something would be done again if the session were over now. */
  get unkept(): number {
    return this.#atWork.size + this.ended.size;
  }

  isRunning(path: Path, attempt: number): boolean {
    return this.#running.has(keyOf(path, attempt));
  }

  noteHistory(history: RunHistory): void {
    const { started, checkpoints } = history;
    this.ended.keepOf(history);
    for (const { path, attempt, at } of started) this.#begun.set(keyOf(path, attempt), at);
    for (const { path, text } of checkpoints) this.#checkpoints.set(path, text);
  }

  /** As they are stored, of steps that may be attempted again. */
  checkpointsOf(state: RunState): RunHistory["checkpoints"] {
    const { plan } = this.session.run.workflow;
    return [...this.#checkpoints].filter(([path]) => !isSettled(locate(plan, state, path)?.status.phase ?? "dead")).map(([path, text]) => ({ path, text }));
  }

  start(command: StartStep): void {
    const { session } = this;
    const key = keyOf(command.path, command.attempt);
    const attempt: Attempt = {
      command,
      node: session.run.workflow.node(command.nodeId),
      path: command.path,
      number: command.attempt,
      abort: new AbortHandle(),
      startedAt: this.#begun.get(key) ?? session.now,
      checkpoint: null,
    };
    this.#running.set(key, attempt);
    const ended = this.ended.get(command.path, command.attempt);
    if (ended !== undefined) return void session.work(() => this.#recall(attempt, ended).finally(() => this.#leave(attempt)));
    session.containers.noteBegin(command.path);
    // What the worker before said of it, such as that it waits for a place there, holds no more.
    if (this.#begun.has(key)) session.journal.buffer.progress(command.path, command.attempt, "null");
    void session.work(() => this.#execute(attempt));
  }

  /** It ended in a session before, whose other results could not be stored. */
  async #recall(attempt: Attempt, { row, waiting, children }: EndedAttempt): Promise<void> {
    const { payloads, values } = this.session.run;
    const fetched = (text: string | null = null) => (text === null ? null : payloads.fetch(text));
    const [output, error] = [await fetched(row?.output), await fetched(row?.error)];
    const { path, number } = attempt;
    const record = row?.end ?? waiting;
    if (this.session.isOver || record === null) return;
    this.#leave(attempt);
    await this.session.apply(toEvent(record, () => false), (seq) => {
      this.ended.takenUp(path, number);
      const { buffer } = this.session.journal;
      if (row?.end == null) return this.#recordWait(attempt, { ...record, seq } as EventRecord, null, givenTo(children[0]));
      this.#forget(path, number, row.end.status);
      if (isLimited(attempt.node)) buffer.freeStepPlace(path);
      buffer.step({ ...row, entry: null, end: { ...row.end, seq } });
      for (const child of children) buffer.child(child);
      this.#noteProgress();
      values.set(path, { attempt: number, status: row.end.status, output, error, input: null });
      if (error !== null) this.session.run.rememberError(path, number, error.value as StepError);
    });
    this.ended.takenUp(path, number);
  }

  /** A step that does not run here (any more) is cancelled as it stands. */
  cancel(path: Path, number: number): void {
    const attempt = this.#running.get(keyOf(path, number));
    if (attempt !== undefined) return attempt.abort.abort("cancelled");
    const node = this.session.run.workflow.node(nodeIdOf(path));
    const stopped: Attempt = { command: { type: "startStep", path, nodeId: node.node.id, attempt: number, taken: [] }, node, path, number, abort: new AbortHandle(), startedAt: this.session.now, checkpoint: null };
    void this.session.work(() => this.#end(stopped, { outcome: { status: "cancelled" }, input: null, output: null, error: null }));
  }

  abortAll(kind: "drained" | "lost"): void {
    for (const attempt of this.#running.values()) attempt.abort.abort(kind);
  }

  async #execute(attempt: Attempt): Promise<void> {
    try {
      const pause = this.session.options.pacer.pause();
      if (pause !== undefined) await pause;
      const checkpoint = this.#checkpoints.get(attempt.path);
      if (checkpoint !== undefined) attempt.checkpoint = await this.session.run.payloads.fetch(checkpoint);
      const end = await this.#carryOut(attempt);
      this.#log.end(attempt);
      if (this.#log.settled !== undefined) await this.#log.settled;
      await this.#end(attempt, end);
    } catch (thrown) {
      if (thrown instanceof StepAbort) return;
      // Should it be tried again here: it has begun.
      if (this.#atWork.has(attempt)) this.#begun.set(keyOf(attempt.path, attempt.number), attempt.startedAt);
      throw thrown;
    } finally {
      if (this.#opened.delete(attempt)) this.#outside -= 1;
      this.#leave(attempt);
    }
  }

  #carryOut(attempt: Attempt): Promise<StepEnd> {
    const { run } = this.session;
    const { observer } = run.worker;
    if (observer === undefined) return executeAttempt(run, this, attempt);
    const { path, number, startedAt, node } = attempt;
    const { id: nodeId, kind } = node.node;
    return observer.attempt(run.claim, { path, number, nodeId, kind, startedAt }, () => executeAttempt(run, this, attempt), observedEnd);
  }

  /** An attempt that waited goes on under the same key, maybe before it has left here. */
  #leave(attempt: Attempt): void {
    const key = keyOf(attempt.path, attempt.number);
    if (this.#running.get(key) === attempt) this.#running.delete(key);
    this.#atWork.delete(attempt);
  }

  async #end(attempt: Attempt, ended: StepEnd): Promise<void> {
    const { session } = this;
    const { payloads } = session.run;
    const end = ended.error === null ? ended : { ...ended, error: await payloads.fit(ended.error) };
    const input = end.input === null || this.#opened.has(attempt) ? null : await payloads.store(end.input);
    const output = end.output === null ? null : await payloads.store(end.output.text);
    const given = end.childInput === undefined && end.child === undefined ? undefined : await this.#given(end.childInput ?? "null");
    if (session.isOver) return;
    this.#leave(attempt);
    const event = { type: "step", path: attempt.path, attempt: attempt.number, at: session.now, outcome: end.outcome } as const;
    await session.apply(event, (seq) => this.#record(attempt, end, toRecord(event, seq), { input, output, given }));
  }

  async #given(text: string): Promise<GivenInput> {
    const { claim, payloads } = this.session.run;
    const input = await payloads.storeGiven(text);
    return { input, files: filesGiven([claim.id], text, input) };
  }

  #record(attempt: Attempt, end: StepEnd, record: ReturnType<typeof toRecord>, stored: { input: string | null; output: string | null; given: GivenInput | undefined }): void {
    const { run, journal } = this.session;
    const { path, number } = attempt;
    const row = { path, attempt: number, node: attempt.node, startedAt: attempt.startedAt };
    if (record?.table === "event") {
      this.#recordWait(attempt, record, stored.input, stored.given);
      return void this.#waiting.set(keyOf(path, number), end.input);
    }
    if (record === null) return;
    this.#forget(path, number, record.status);
    if (isLimited(attempt.node)) journal.buffer.freeStepPlace(path);
    const error = end.error === null ? null : encodeValue(end.error);
    journal.buffer.step(recordRow(row, record, { input: stored.input, output: stored.output, error }));
    this.#noteProgress();
    if (end.child !== undefined && stored.given !== undefined) journal.buffer.child({ ...newChild(run, childRunIdOf(run.claim.id, path, number), end.child, stored.given, null, run.worker.observer?.traceOf(run.claim, path, number)), detachedFrom: { path, attempt: number } });
    run.values.set(path, { attempt: number, status: record.status, output: end.output, error: error === null ? null : new Payload(error), input: null });
    if (end.error !== null) run.rememberError(path, number, end.error);
  }

  #recordWait({ path, number: attempt, node, startedAt }: Attempt, record: EventRecord, input: string | null, given: GivenInput | undefined): void {
    this.session.journal.buffer.event(record);
    this.session.journal.buffer.step(openRow({ path, attempt, node, startedAt }, "waiting", input));
    this.#begun.delete(keyOf(path, attempt));
    if (given !== undefined) this.#childInputs.set(keyOf(path, attempt), given);
  }

  #noteProgress(): void {
    this.session.hold.noteProgress();
    if (this.#progressed) return;
    this.#progressed = true;
    const { takeovers, refusal } = this.session.run.claim;
    if (takeovers === 0 && refusal === null) return;
    this.session.journal.buffer.resetTakeovers();
    this.session.options.progressed();
  }

  #forget(path: Path, attempt: number, status: StepStatus): void {
    const key = keyOf(path, attempt);
    this.#waiting.delete(key);
    this.#progressAt.delete(key);
    this.#begun.delete(key);
    this.ended.takenUp(path, attempt);
    if (status !== "failed") this.#checkpoints.delete(path);
  }

  /** For the child run that is made with the wait, once. */
  takeChildInput(path: Path, attempt: number): GivenInput {
    const key = keyOf(path, attempt);
    const input = this.#childInputs.get(key);
    if (input === undefined) throw new Error(`${key} waits for a child run whose input is not known`);
    this.#childInputs.delete(key);
    return input;
  }

  /** A waiting step run is cancelled: its row ends without a record, which the event that cancelled it is. */
  endWaiting(path: Path, attempt: number, at: number): void {
    this.#forget(path, attempt, "cancelled");
    const node = this.session.run.workflow.node(nodeIdOf(path));
    if (isLimited(node)) this.session.journal.buffer.freeStepPlace(path);
    const row = openRow({ path, attempt, node, startedAt: at }, "waiting", null);
    this.session.journal.buffer.step({ ...row, status: "cancelled", finishedAt: at });
  }

  async open(attempt: Attempt, input: string): Promise<void> {
    const { journal, run } = this.session;
    if (this.session.isDraining) {
      attempt.abort.abort("drained");
      throw new StepAbort("drained");
    }
    const stored = await run.payloads.store(input);
    journal.buffer.step(openRow({ path: attempt.path, attempt: attempt.number, node: attempt.node, startedAt: attempt.startedAt }, "running", stored));
    this.#opened.add(attempt);
    this.#outside += 1;
    await journal.durable().catch((error: unknown) => this.#stopUnbegun(attempt, error));
    this.#atWork.add(attempt);
    crashPoint("after-started-row");
  }

  /** What it waited for cannot be stored: it begins in the session that follows. */
  #stopUnbegun(attempt: Attempt, error: unknown): never {
    if (!this.session.hold.isForGood) throw error;
    attempt.abort.abort("lost");
    throw new StepAbort("lost");
  }

  async takeTurn(attempt: Attempt, gates: StepGates): Promise<Exclude<StepTurn, { kind: "lost" }>> {
    const { id: runId, workspaceId, epoch } = this.session.run.claim;
    const turn = await this.session.run.worker.store.takeStepTurn({ runId, workspaceId, epoch, path: attempt.path, attempt: attempt.number, gates });
    if (turn.kind === "lost") throw new LeaseLost("the lease is lost");
    crashPoint(turn.kind === "later" ? "after-later" : "after-turn");
    return turn;
  }

  async takePlace(attempt: Attempt, place: StepPlace): Promise<"taken" | "full" | "refused" | "gaveWay"> {
    const { id: runId, workspaceId, epoch } = this.session.run.claim;
    const { store } = this.session.run.worker;
    const answer = await store.takeStepPlace({ runId, workspaceId, epoch, path: attempt.path, attempt: attempt.number, place });
    if (answer.kind === "lost") throw new LeaseLost("the lease is lost");
    const isFull = answer.kind === "full";
    crashPoint(isFull ? "after-later" : "after-turn");
    const hasWaited = attempt.command.resume !== undefined;
    if (isFull && !hasWaited) this.log(attempt, "info", `waits for a place: ${place.limit} at the same time are allowed`);
    if (answer.kind === "taken" && hasWaited) this.log(attempt, "info", "has its place");
    if (isFull) for (const held of answer.giveWay) await store.send({ ...giveWayTo(held), payload: null });
    return answer.kind;
  }

  /** A newer step takes the place of an attempt that is carried out here. */
  giveWay(path: Path, attempt: number): void {
    this.#running.get(keyOf(path, attempt))?.abort.abort("gaveWay");
  }

  tellsToGiveWay(ref: string): Promise<boolean> {
    return this.session.inbox.tellsToGiveWay(ref);
  }

  async acquireSlot(attempt: Attempt): Promise<() => void> {
    const { slots } = this.session.options;
    const { priority, resources } = attempt.node.node;
    const needs = needsOf(resources);
    if (!fits(needs, slots.capacity)) throw tooLarge(needs, slots.capacity);
    const untold = slots.mayTake(needs) ? undefined : tellOfSlotWait(this.session, attempt);
    const release = await slots.acquire(attempt.abort, priority ?? this.session.run.claim.priority, needs).finally(() => untold?.());
    crashPoint("during-effect");
    return release;
  }

  async checkpoint(attempt: Attempt, text: string): Promise<void> {
    const { journal, run } = this.session;
    const stored = await run.payloads.store(text);
    this.#checkpoints.set(attempt.path, stored);
    journal.buffer.checkpoint(attempt.path, attempt.number, stored);
    if (text !== attempt.checkpoint?.text) this.#noteProgress();
    const mark = { path: attempt.path, attempt: attempt.number, value: stored };
    await journal.durable().catch((error: unknown) => (this.session.hold.isForGood ? this.#markApart(mark) : Promise.reject(error)));
  }

  /** The step goes on although what else the run has decided cannot be stored. */
  async #markApart(mark: RunWrite["checkpoints"][number]): Promise<void> {
    const { claim, worker } = this.session.run;
    const apart = new WriteBuffer(claim);
    apart.checkpoint(mark.path, mark.attempt, mark.value);
    if ((await worker.store.flush(apart.take())) === "lost") throw new LeaseLost("the lease is lost");
  }

  log(attempt: Attempt, level: "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void {
    if (!this.session.isOver) this.#log.add(attempt, level, message, fields);
  }

  stream(attempt: Attempt, chunk: string): void {
    const { id: runId, workspaceId } = this.session.run.claim;
    if (!this.session.isOver) this.session.run.worker.store.publish({ runId, workspaceId, path: attempt.path, chunk });
  }

  progress(attempt: Attempt, value: { done: number; total?: number; text?: string }): void {
    const key = keyOf(attempt.path, attempt.number);
    const now = this.session.now;
    const isLast = value.total !== undefined && value.done >= value.total;
    if (this.session.isOver || (!isLast && now - (this.#progressAt.get(key) ?? 0) < PROGRESS_EVERY_MS)) return;
    this.#progressAt.set(key, now);
    this.session.journal.buffer.progress(attempt.path, attempt.number, encodeValue(value));
    this.session.journal.scheduleSoft();
  }

  messagePayload(ref: string): Promise<unknown> {
    return this.session.inbox.payload(ref);
  }

  async waitingInput(path: Path, attempt: number): Promise<string | null> {
    const held = this.#waiting.get(keyOf(path, attempt));
    if (held !== undefined) return held;
    return (await this.session.run.values.read({ path, what: "input", attempt }))?.text ?? null;
  }

  refused(path: Path, attempt: number): StepError | undefined {
    const key = keyOf(path, attempt);
    const refused = this.session.options.refused.get(key);
    if (refused !== undefined) return refused;
    if (!this.#begun.has(key)) return undefined;
    const { node, runner } = this.session.run.workflow.node(nodeIdOf(path));
    return (node.onWorkerLost ?? runner?.onWorkerLost) === "fail" ? { code: "worker_lost", message: "the worker was lost while the step ran, and the step must not be repeated blindly" } : undefined;
  }
}

function isLimited({ concurrency, pace }: CompiledNode): boolean {
  return concurrency !== null || pace !== null;
}

function keyOf(path: Path, attempt: number): string {
  return `${path}#${attempt}`;
}
