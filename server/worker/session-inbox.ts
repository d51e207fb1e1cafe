import type { CancelSource, EngineEvent, Path, WaitSpec } from "@/server/engine/events";
import { GIVE_WAY_SIGNAL, TURN_SIGNAL, type InboxMessage, type RunStore } from "@/server/engine/ports";
import type { Payload } from "@/server/worker/payload";

interface OpenWait {
  path: Path;
  attempt: number;
  wait: WaitSpec;
}

/**
 * Messages of one run and the waits they may end. A signal that comes before its wait opens is kept. Each message is looked at when it comes
 * and when a wait opens that it may be for, and not again and again.
 */
export class SessionInbox {
  /** To be looked at, oldest first. */
  #fresh: InboxMessage[] = [];
  /** Seen, and for no wait that is open: by path, and by name of the signal. */
  readonly #kept = new Map<string, InboxMessage[]>();
  /** A step waits for one thing at a time. */
  readonly #waits = new Map<Path, OpenWait>();
  readonly #bySignal = new Map<string, Set<OpenWait>>();
  readonly #consumed = new Set<string>();
  /** Those whose payload is about to be read. */
  readonly #taken = new Map<number, InboxMessage>();
  /** Messages up to this one were looked at before, but for those that are to be looked at again. */
  #settledUpTo = 0;
  readonly #again = new Set<number>();
  /** Cancels that were looked at: the run may not know of them yet, and to be told again does no harm. */
  readonly #cancels: number[] = [];
  #waitsForOthers = 0;
  #lastSeq = 0;

  constructor(
    private readonly runId: string,
    private readonly store: Pick<RunStore, "inbox">,
    private readonly fetchPayload: (stored: string) => Payload | Promise<Payload>,
    /** Hears of a message to give way for an attempt that waits for nothing. */
    private readonly giveWay: (path: Path, attempt: number) => void,
  ) {}

  /** Number of the newest message seen. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get hasWaits(): boolean {
    return this.#waits.size > 0;
  }

  get waitsOnlyForChildren(): boolean {
    return this.hasWaits && this.#waitsForOthers === 0;
  }

  /** Whether the timer ends a wait that a message might end, too. */
  isAnswerable(timer: string): boolean {
    const wait = timer.startsWith(WAIT_TIMER) ? this.#waits.get(timer.slice(WAIT_TIMER.length, timer.lastIndexOf("#"))) : undefined;
    return wait !== undefined && wait.wait.kind !== "delay" && wait.wait.kind !== "turn";
  }

  get hasCancel(): boolean {
    return this.#fresh.some((message) => message.kind === "cancel");
  }

  open(path: Path, attempt: number, wait: WaitSpec): void {
    this.#forget(path);
    const open = { path, attempt, wait };
    this.#waits.set(path, open);
    if (wait.kind !== "child") this.#waitsForOthers += 1;
    this.#look(byPath(path));
    if (wait.signal === undefined) return;
    const others = this.#bySignal.get(wait.signal);
    if (others === undefined) this.#bySignal.set(wait.signal, new Set([open]));
    else others.add(open);
    this.#look(byName(wait.signal));
  }

  close(path: Path, attempt: number): void {
    if (this.#waits.get(path)?.attempt === attempt) this.#forget(path);
    // A second answer, or the end of a child that nobody waits for any more.
    const kept = this.#kept.get(byPath(path))?.filter((message) => message.attempt !== attempt) ?? [];
    if (kept.length === 0) this.#kept.delete(byPath(path));
    else this.#kept.set(byPath(path), kept);
  }

  #forget(path: Path): void {
    const open = this.#waits.get(path);
    if (open === undefined) return;
    this.#waits.delete(path);
    if (open.wait.kind !== "child") this.#waitsForOthers -= 1;
    if (open.wait.signal !== undefined) this.#bySignal.get(open.wait.signal)?.delete(open);
  }

  /** What was kept under this name may mean something now. */
  #look(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    this.#fresh.push(...kept);
  }

  /** A message that became a journal record before this worker took the run over. */
  noteConsumed(ref: string): void {
    this.#consumed.add(ref);
  }

  /** Messages that were seen, and are to be looked at (again) by whoever goes on from here. */
  get keptSeqs(): number[] {
    return [...this.#kept.values(), this.#fresh].flatMap((messages) => messages.map(({ seq }) => seq)).concat(this.#cancels).sort((a, b) => a - b);
  }

  /** Goes on where the run left memory: of what had come by then, only what was kept is looked at again. */
  resume(lastSeq: number, kept: readonly number[]): void {
    this.#settledUpTo = lastSeq;
    for (const seq of kept) this.#again.add(seq);
    this.#lastSeq = Math.min(lastSeq, (kept[0] ?? Infinity) - 1);
  }

  async pull(): Promise<void> {
    for (const message of await this.store.inbox(this.runId, this.#lastSeq)) {
      // Two may ask at once, and be answered the same.
      if (message.seq <= this.#lastSeq) continue;
      this.#lastSeq = message.seq;
      if (message.seq <= this.#settledUpTo && !this.#again.delete(message.seq)) continue;
      this.#fresh.push(message);
    }
  }

  /**
   * The next message that means something now, as an event; it counts as used. A signal is answered at once, so that the wait it
   * is for is still open when the engine hears of it.
   */
  next(now: number): EngineEvent | Promise<EngineEvent> | null {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const [index, message] of fresh.entries()) {
      // The inbox may have been read before the journal was.
      if (this.#consumed.has(refOf(message.seq))) continue;
      const event = message.kind === "cancel" ? this.#cancel(message, now) : this.#signal(message, now);
      if (event === null) continue;
      this.#fresh = fresh.slice(index + 1);
      return event;
    }
    return null;
  }

  #signal(message: InboxMessage, at: number): EngineEvent | null {
    const target = this.#targetOf(message);
    if (target === undefined) {
      // It is kept besides: the attempt may be about to wait.
      if (tellsToGiveWay(message) && message.path !== null && message.attempt !== null) this.giveWay(message.path, message.attempt);
      const name = message.path === null ? byName(message.name ?? "") : byPath(message.path);
      const kept = this.#kept.get(name);
      if (kept === undefined) this.#kept.set(name, [message]);
      else kept.push(message);
      return null;
    }
    this.#consumed.add(refOf(message.seq));
    this.#taken.set(message.seq, message);
    return { type: "signal", path: target.path, attempt: target.attempt, at, ref: refOf(message.seq) };
  }

  /** Messages are for a step by its path, or for whichever step waits for a signal of that name. */
  #targetOf(message: InboxMessage): OpenWait | undefined {
    const { kind, path, attempt, name } = message;
    if (path === null) return kind === "signal" && name !== null ? this.#bySignal.get(name)?.values().next().value : undefined;
    const open = this.#waits.get(path);
    if (open === undefined || (attempt !== null && attempt !== open.attempt)) return undefined;
    return isInternal(message, TURN_SIGNAL) && open.wait.kind !== "turn" ? undefined : open;
  }

  async #cancel(message: InboxMessage, at: number): Promise<EngineEvent> {
    this.#cancels.push(message.seq);
    const payload = message.payload === null ? null : (await this.fetchPayload(message.payload)).value;
    const { source, reason } = (payload ?? {}) as { source?: CancelSource; reason?: string };
    // The reason is stored as text, which has no NUL.
    return { type: "cancel", at, source: source ?? "user", ...(reason === undefined ? {} : { reason: reason.replaceAll("\0", "\uFFFD") }) };
  }

  async tellsToGiveWay(ref: string): Promise<boolean> {
    return tellsToGiveWay(await this.#message(ref));
  }

  /** Of one that has just become an event. */
  hasToldToGiveWay(ref: string): boolean {
    return tellsToGiveWay(this.#taken.get(seqOf(ref)));
  }

  async #message(ref: string): Promise<InboxMessage | undefined> {
    return this.#taken.get(seqOf(ref)) ?? (await this.store.inbox(this.runId, seqOf(ref) - 1, 1))[0];
  }

  async payload(ref: string): Promise<unknown> {
    const seq = seqOf(ref);
    const message = await this.#message(ref);
    this.#taken.delete(seq);
    if (message?.seq !== seq || message.payload === null) return null;
    return (await this.fetchPayload(message.payload)).value;
  }
}

/** Signals of the platform go to a step by its path, those of people to whichever waits for the name; what is for one wait of theirs is an answer. */
function isInternal({ kind, path, name }: InboxMessage, signal: string): boolean {
  return kind === "signal" && path !== null && name === signal;
}

function tellsToGiveWay(message: InboxMessage | undefined): boolean {
  return message !== undefined && isInternal(message, GIVE_WAY_SIGNAL);
}

const WAIT_TIMER = "wait:";
const PREFIX = "inbox:";

function seqOf(ref: string): number {
  return Number(ref.slice(PREFIX.length));
}

function refOf(seq: number): string {
  return PREFIX + String(seq);
}

const byPath = (path: Path): string => `path ${path}`;
const byName = (name: string): string => `name ${name}`;
