import type { liveMessageSchemas } from "./contract";
import type { LiveEvent, LiveHub, Subscriber } from "./hub";
import { rightsWatch } from "./rights-watch";

const KEEP_ALIVE_MS = 15_000;
/** How often a stream asks whether its person may still listen. */
const AUTHORIZE_EVERY_MS = 30_000;
/** Changes of the same topic are told at most this often. */
const TELL_EVERY_MS = 100;
/** A browser that does not read is let go; it comes back and resumes. */
const UNREAD_MESSAGES_MAX = 1_000;

export interface LiveStreamOptions {
  hub: LiveHub;
  workspaceId: string;
  organizationId: string;
  topics: string[];
  /** Id of the last message that the browser saw. */
  after: string | null;
  /** Whether the person may still hear just these; asked whenever rights change, and again and again. */
  mayListen: () => Promise<boolean>;
  signal: AbortSignal;
  authorizeEveryMs?: number;
}

/** The body of `/api/live`: server-sent events. */
export function openLiveStream(options: LiveStreamOptions): ReadableStream<Uint8Array> {
  let session: LiveSession | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        session = new LiveSession(options, controller);
      },
      cancel: () => session?.close(),
    },
    { highWaterMark: UNREAD_MESSAGES_MAX },
  );
}

class LiveSession implements Subscriber {
  readonly workspaceId: string;
  readonly topics: ReadonlySet<string>;
  private readonly encoder = new TextEncoder();
  private readonly pending = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly rights: ReturnType<typeof rightsWatch>;
  private unsubscribe: () => void = () => {};
  private tellTimer: NodeJS.Timeout | undefined;
  private lastTold = 0;
  private closed = false;

  constructor(
    private readonly options: LiveStreamOptions,
    private readonly controller: ReadableStreamDefaultController<Uint8Array>,
  ) {
    const { hub, topics, after, signal } = options;
    this.workspaceId = options.workspaceId;
    this.topics = new Set(topics);
    this.rights = rightsWatch(options.mayListen, () => this.close());
    const missed = after === null ? null : hub.since(this, after);
    // More than it may leave unread: it had better look anew than be let go and come back for the same.
    const resumed = missed !== null && missed.length < UNREAD_MESSAGES_MAX / 2 ? missed : null;
    this.unsubscribe = hub.subscribe(this);
    this.send("ready", { resumed: resumed !== null }, hub.seq);
    for (const event of resumed ?? []) this.hear(event);
    if (this.closed) return;
    this.timers.push(setInterval(() => this.write(": still here\n\n"), KEEP_ALIVE_MS));
    this.timers.push(setInterval(this.rights.tick, options.authorizeEveryMs ?? AUTHORIZE_EVERY_MS));
    signal.addEventListener("abort", () => this.close(), { once: true });
  }

  hear({ seq, topic, chunk }: LiveEvent): void {
    if (chunk !== undefined) return this.send("chunk", chunk, this.safeId(seq));
    this.pending.set(topic, seq);
    if (this.tellTimer !== undefined) return;
    const wait = Math.max(0, this.lastTold + TELL_EVERY_MS - performance.now());
    this.tellTimer = setTimeout(() => this.tell(), wait);
  }

  missed(): void {
    this.pending.clear();
    this.send("ready", { resumed: false }, this.options.hub.seq);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unsubscribe();
    clearTimeout(this.tellTimer);
    for (const timer of this.timers) clearInterval(timer);
    try {
      this.controller.close();
    } catch {
      // The browser closed it first.
    }
  }

  private tell(): void {
    this.tellTimer = undefined;
    this.lastTold = performance.now();
    const changes = [...this.pending].sort(([, one], [, other]) => one - other);
    this.pending.clear();
    for (const [topic, seq] of changes) this.send("changed", { topic }, seq);
  }

  /** A chunk overtakes changes that are held back; resuming after it must still bring those. */
  private safeId(seq: number): number {
    return Math.min(seq, ...[...this.pending.values()].map((held) => held - 1));
  }

  accessChanged(organizationId: string): void {
    if (organizationId === "*" || organizationId === this.options.organizationId) this.rights.changed();
  }

  private send<Name extends keyof typeof liveMessageSchemas>(name: Name, data: (typeof liveMessageSchemas)[Name]["_output"], seq: number): void {
    this.write(`id: ${this.options.hub.id}.${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    if (this.closed) return;
    if ((this.controller.desiredSize ?? 0) <= 0) return this.close();
    this.controller.enqueue(this.encoder.encode(text));
  }
}

