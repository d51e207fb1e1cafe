import type { Pool } from "pg";
import { within } from "@/server/queue/within";

/** Longest payload that PostgreSQL takes is 7,999 bytes. */
const MAX_PAYLOAD_BYTES = 7_900;
/** What of a running step's text waits for a database that is away; the result is stored anyhow. */
const MAX_TEXTS = 10_000;

/** So many notices in one sending make the next one wait its full time. */
const CROWD = 8;

// Waiting for the disk would be for nothing: there is nothing to lose.
const NOTIFY = `
WITH hint AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
SELECT pg_notify(n.channel, n.payload) FROM hint, unnest($1::text[], $2::text[]) AS n(channel, payload)`;

type Notice = { channel: "millrace_run" | "millrace_queue" | "millrace_trigger" | "millrace_alert"; item: string } | { channel: "millrace_stream"; text: string };

/**
 * Sends notices after the commit they tell of, on a connection of its own, gathered for a few milliseconds: NOTIFY inside the
 * commits would serialize them. Notices are hints; a slow poll is the net below.
 */
export class Notifier {
  #items = new Map<string, Set<string>>();
  #texts: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #sentAt = 0;
  #sentNotices = 0;
  #sending: Promise<void> | undefined;
  #isUrgent = false;

  constructor(
    private readonly pool: Pool,
    private readonly everyMs = 5,
    /** What is not sent by then is lost, and those that have gathered since are sent. */
    private readonly longestMs = 10_000,
  ) {}

  /** `when` soon: somebody may be waiting for it. The steps of a run that goes on are for onlookers: they wait for what follows. */
  send(notice: Notice, when: "soon" | "later" = "soon"): void {
    if ("item" in notice) {
      const items = this.#items.get(notice.channel);
      if (items === undefined) this.#items.set(notice.channel, new Set([notice.item]));
      else items.add(notice.item);
    } else if (this.#texts.length < MAX_TEXTS) this.#texts.push(notice.text);
    if (when === "soon") this.#isUrgent = true;
    this.#arm();
  }

  /** One statement is on its way at most: while the database is slow or away, notices gather instead of taking its connections. */
  #arm(): void {
    if (this.#immediate !== undefined || this.#sending !== undefined) return;
    if (!this.#isUrgent) return void (this.#timer ??= setTimeout(() => this.#flush(), this.everyMs));
    // The fewer there were, the sooner the next may follow: a lone run waits for nothing, a crowd is told of together.
    const window = this.everyMs * Math.min(1, this.#sentNotices / CROWD);
    const wait = this.#sentAt + window - performance.now();
    // A timer of no time still takes a millisecond.
    if (wait > 0) return void (this.#timer ??= setTimeout(() => this.#flush(), wait));
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#immediate = setImmediate(() => this.#flush());
  }

  /** Sends what has gathered and waits for it. */
  async close(): Promise<void> {
    await this.#sending;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#flush();
    await this.#sending;
  }

  #flush(): void {
    this.#timer = undefined;
    this.#immediate = undefined;
    this.#isUrgent = false;
    this.#sentAt = performance.now();
    this.#sentNotices = this.#texts.length + [...this.#items.values()].reduce((sum, items) => sum + items.size, 0);
    const channels: string[] = [];
    const payloads: string[] = [];
    for (const [channel, items] of this.#items) {
      for (const payload of packed([...items])) {
        channels.push(channel);
        payloads.push(payload);
      }
    }
    for (const text of this.#texts) {
      channels.push("millrace_stream");
      payloads.push(text);
    }
    this.#items = new Map();
    this.#texts = [];
    if (channels.length === 0) return;
    const statement = within(this.longestMs, { name: "millrace-notify", text: NOTIFY, values: [channels, payloads] });
    // A lost notice costs latency, nothing else.
    this.#sending = this.pool.query(statement).then(() => this.#sent(), () => this.#sent());
  }

  #sent(): void {
    this.#sending = undefined;
    if (this.#items.size > 0 || this.#texts.length > 0) this.#arm();
  }
}

/** Comma-separated lists, each short enough. */
function packed(items: string[]): string[] {
  const lists: string[] = [];
  let current = "";
  for (const item of items) {
    if (current !== "" && current.length + 1 + item.length > MAX_PAYLOAD_BYTES) {
      lists.push(current);
      current = "";
    }
    current = current === "" ? item : `${current},${item}`;
  }
  return current === "" ? lists : [...lists, current];
}
