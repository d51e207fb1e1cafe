import type { RunLogLine } from "@/server/runs/contract";

export const LINES_PER_PAGE = 200;
/** More lines than this make a page slow; the older ones are left out, visibly. */
const SHOWN_LINES = 5_000;

export interface Log {
  lines: readonly RunLogLine[];
  cursor: string | undefined;
  /** Older lines that are left out. */
  hidden: number;
  state: "loading" | "ready" | "failed";
  error: unknown;
}

interface LogPage {
  items: readonly RunLogLine[];
  nextCursor: string | null;
}

const NOTHING_YET: Log = { lines: [], cursor: undefined, hidden: 0, state: "loading", error: null };

/** The log from its beginning, and newer lines whenever it is pulled. One question is under way at a time. */
export class LogFeed {
  #log = NOTHING_YET;
  #asking: Promise<void> | null = null;
  #isAskedAgain = false;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly source: (cursor: string | undefined) => Promise<LogPage>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): Log => this.#log;

  /** Never rejects. Several calls while one question is under way make one more question. */
  pull(): Promise<void> {
    if (this.#asking !== null) this.#isAskedAgain = true;
    return (this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    }));
  }

  async #ask(): Promise<void> {
    try {
      do {
        this.#isAskedAgain = false;
        const { items, nextCursor } = await this.source(this.#log.cursor);
        this.#log = withPage(this.#log, items, nextCursor ?? undefined);
        this.#tell();
        if (items.length === LINES_PER_PAGE && nextCursor !== null) this.#isAskedAgain = true;
      } while (this.#isAskedAgain);
    } catch (error) {
      this.#log = { ...this.#log, state: "failed", error };
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A line that is known already is not added twice: after the last page the same question is asked again. */
function withPage(log: Log, items: readonly RunLogLine[], cursor: string | undefined): Log {
  const known = new Set(log.lines.slice(-LINES_PER_PAGE).map(({ id }) => id));
  const added = items.filter(({ id }) => !known.has(id));
  const ready = { ...log, cursor: cursor ?? log.cursor, state: "ready" as const, error: null };
  // The same list stays the same: whoever reads it has nothing to draw again.
  if (added.length === 0) return ready;
  const lines = [...log.lines, ...added];
  const surplus = Math.max(0, lines.length - SHOWN_LINES);
  return { ...ready, lines: surplus === 0 ? lines : lines.slice(surplus), hidden: log.hidden + surplus };
}
