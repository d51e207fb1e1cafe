import type { RunLogLine } from "@/server/runs/contract";

export const LINES_PER_PAGE = 200;
/** Of a log that is followed; more make a page slow. Older ones are loaded again when they are asked for. */
const FOLLOWED_LINES = 5_000;

export interface Log {
  lines: readonly RunLogLine[];
  /** There are lines before the first one. */
  hasOlder: boolean;
  /** Lines that came at the end, in all. */
  count: number;
  state: "loading" | "ready" | "failed";
  error: unknown;
}

/** Of lines after a place, oldest first, or of those that lead up to one (or to the end). */
export type LogQuestion = { after: string } | { before: string };

interface LogPage {
  items: readonly RunLogLine[];
  nextCursor: string | null;
}

const NOTHING_YET: Log = { lines: [], hasOlder: false, count: 0, state: "loading", error: null };
const BEGINNING = "0";

/** The end of a log, newer lines whenever it is pulled, and older ones page by page. One question is under way at a time. */
export class LogFeed {
  #log = NOTHING_YET;
  #cursor: string | null = null;
  #kept = FOLLOWED_LINES;
  #asking: Promise<void> | null = null;
  #isAskedAgain = false;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly source: (question: LogQuestion) => Promise<LogPage>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): Log => this.#log;

  /** Never rejects. Several calls while one question is under way make one more question. */
  pull(): Promise<void> {
    if (this.#asking !== null) this.#isAskedAgain = true;
    return (this.#asking ??= this.#alone(() => this.#askNewer()));
  }

  /** The page before the first line. Never rejects. */
  async older(): Promise<void> {
    while (this.#asking !== null) await this.#asking;
    const [first] = this.#log.lines;
    if (first === undefined || !this.#log.hasOlder) return;
    this.#asking = this.#alone(async () => {
      const { items, nextCursor } = await this.source({ before: first.id });
      const lines = [...items, ...this.#log.lines];
      this.#kept = Math.max(this.#kept, lines.length);
      this.#log = { ...this.#log, lines, hasOlder: nextCursor !== null, state: "ready", error: null };
    });
    return this.#asking;
  }

  async #alone(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      this.#log = { ...this.#log, state: "failed", error };
    }
    this.#asking = null;
    this.#tell();
  }

  async #askNewer(): Promise<void> {
    if (this.#cursor === null) {
      const { items, nextCursor } = await this.source({ before: "end" });
      this.#cursor = items.at(-1)?.id ?? BEGINNING;
      this.#log = { lines: items, hasOlder: nextCursor !== null, count: items.length, state: "ready", error: null };
      if (!this.#isAskedAgain) return;
    }
    do {
      this.#isAskedAgain = false;
      const { items, nextCursor } = await this.source({ after: this.#cursor });
      this.#cursor = nextCursor ?? this.#cursor;
      this.#add(items);
      this.#tell();
      if (items.length === LINES_PER_PAGE && nextCursor !== null) this.#isAskedAgain = true;
    } while (this.#isAskedAgain);
  }

  /** A line that is known already is not added twice: after the last page the same question is asked again. */
  #add(items: readonly RunLogLine[]): void {
    const log = this.#log;
    const known = new Set(log.lines.slice(-LINES_PER_PAGE).map(({ id }) => id));
    const added = items.filter(({ id }) => !known.has(id));
    // The same list stays the same: whoever reads it has nothing to draw again.
    const all = added.length === 0 ? log.lines : [...log.lines, ...added];
    const surplus = Math.max(0, all.length - this.#kept);
    this.#log = { lines: surplus === 0 ? all : all.slice(surplus), hasOlder: log.hasOlder || surplus > 0, count: log.count + added.length, state: "ready", error: null };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
