import type { CancelSource, EngineEvent, Path, WaitSpec } from "@/server/engine/events";
import type { InboxMessage, RunStore } from "@/server/engine/ports";
import type { Payload } from "@/server/worker/payload";

interface OpenWait {
  path: Path;
  attempt: number;
  wait: WaitSpec;
}

/** Messages of one run and the waits they may end. A signal that comes before its wait opens is kept. */
export class SessionInbox {
  readonly #messages = new Map<number, InboxMessage>();
  readonly #waits = new Map<string, OpenWait>();
  readonly #consumed = new Set<string>();
  /** Those whose payload is about to be read. */
  readonly #taken = new Map<number, InboxMessage>();
  #lastSeq = 0;

  constructor(
    private readonly runId: string,
    private readonly store: Pick<RunStore, "inbox">,
    private readonly fetchPayload: (stored: string) => Payload | Promise<Payload>,
  ) {}

  /** Number of the newest message seen. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get hasWaits(): boolean {
    return this.#waits.size > 0;
  }

  get waitsOnlyForChildren(): boolean {
    return this.hasWaits && [...this.#waits.values()].every(({ wait }) => wait.kind === "child");
  }

  get hasCancel(): boolean {
    return [...this.#messages.values()].some((message) => message.kind === "cancel");
  }

  open(path: Path, attempt: number, wait: WaitSpec): void {
    this.#waits.set(`${path}#${attempt}`, { path, attempt, wait });
  }

  close(path: Path, attempt: number): void {
    this.#waits.delete(`${path}#${attempt}`);
  }

  /** A message that became a journal record before this worker took the run over. */
  noteConsumed(ref: string): void {
    this.#consumed.add(ref);
  }

  async pull(): Promise<void> {
    for (const message of await this.store.inbox(this.runId, this.#lastSeq)) {
      this.#lastSeq = Math.max(this.#lastSeq, message.seq);
      if (!this.#consumed.has(refOf(message.seq))) this.#messages.set(message.seq, message);
    }
  }

  /**
   * The next message that means something now, as an event; it counts as used. A signal is answered at once, so that the wait it
   * is for is still open when the engine hears of it.
   */
  next(now: number): EngineEvent | Promise<EngineEvent> | null {
    for (const message of this.#messages.values()) {
      const event = message.kind === "cancel" ? this.#cancel(message, now) : this.#signal(message, now);
      if (event === null) continue;
      this.#messages.delete(message.seq);
      return event;
    }
    return null;
  }

  #signal(message: InboxMessage, at: number): EngineEvent | null {
    const target = [...this.#waits.values()].find((open) => fits(message, open));
    if (target === undefined) return null;
    this.#consumed.add(refOf(message.seq));
    this.#taken.set(message.seq, message);
    return { type: "signal", path: target.path, attempt: target.attempt, at, ref: refOf(message.seq) };
  }

  async #cancel(message: InboxMessage, at: number): Promise<EngineEvent> {
    const payload = message.payload === null ? null : (await this.fetchPayload(message.payload)).value;
    const { source, reason } = (payload ?? {}) as { source?: CancelSource; reason?: string };
    // The reason is stored as text, which has no NUL.
    return { type: "cancel", at, source: source ?? "user", ...(reason === undefined ? {} : { reason: reason.replaceAll("\0", "\uFFFD") }) };
  }

  async payload(ref: string): Promise<unknown> {
    const seq = Number(ref.slice(PREFIX.length));
    const message = this.#taken.get(seq) ?? (await this.store.inbox(this.runId, seq - 1))[0];
    this.#taken.delete(seq);
    if (message?.seq !== seq || message.payload === null) return null;
    return (await this.fetchPayload(message.payload)).value;
  }
}

const PREFIX = "inbox:";

function refOf(seq: number): string {
  return PREFIX + String(seq);
}

/** Messages are for a step by its path, or for whichever step waits for a signal of that name. */
function fits(message: InboxMessage, { path, attempt, wait }: OpenWait): boolean {
  if (message.path !== null) return message.path === path && (message.attempt === null || message.attempt === attempt);
  return message.kind === "signal" && wait.kind === "signal" && wait.signal === message.name;
}
