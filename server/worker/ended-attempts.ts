import type { EventRecord } from "@/server/engine/journal";
import type { LogLine, NewRun, RunHistory, RunWrite, StepWrite } from "@/server/engine/ports";
import type { Path } from "@/server/engine/events";

/** How an attempt ended in a session that could not write it, beside what cannot be stored: its row, or that it waits since then. */
export interface EndedAttempt {
  path: Path;
  attempt: number;
  row: StepWrite | null;
  waiting: EventRecord | null;
  /** Runs that it starts. */
  children: NewRun[];
}

/** What a session could not write, and the one that follows has to. */
export interface LeftUnwritten {
  ended: readonly EndedAttempt[];
  /** What steps have said. */
  said: readonly LogLine[];
}

export const NOTHING_LEFT: LeftUnwritten = { ended: [], said: [] };

export function leftIn(before: readonly EndedAttempt[], write: RunWrite | null): LeftUnwritten {
  return write === null ? { ended: before, said: [] } : { ended: [...before, ...endedIn(write)], said: write.logs };
}

/** One that was stopped is not among them. Nothing new begins meanwhile: what waits since then has not gone on. */
function endedIn({ steps, events, children }: RunWrite): EndedAttempt[] {
  const childrenOf = (path: Path, attempt: number) => children.filter(({ parent, detachedFrom }) => [parent, detachedFrom].some((one) => one?.path === path && one.attempt === attempt));
  const rows = steps.filter(({ end, status }) => end !== null && status !== "cancelled");
  const waits = events.flatMap((event) => (event.type === "waiting" && event.path !== null && "wait" in event.body ? [{ path: event.path, attempt: event.body.attempt, waiting: event }] : []));
  return [
    ...waits.map(({ path, attempt, waiting }) => ({ path, attempt, row: null, waiting, children: childrenOf(path, attempt) })),
    ...rows.map((row) => ({ path: row.path, attempt: row.attempt, row, waiting: null, children: childrenOf(row.path, row.attempt) })),
  ];
}

/** Those that this session has to take up from one before. */
export class EndedAttempts {
  readonly #ended: Map<string, EndedAttempt>;

  constructor(ended: readonly EndedAttempt[]) {
    this.#ended = new Map(ended.map((one) => [`${one.path}#${one.attempt}`, one]));
  }

  get size(): number {
    return this.#ended.size;
  }

  get left(): EndedAttempt[] {
    return [...this.#ended.values()];
  }

  get(path: Path, attempt: number): EndedAttempt | undefined {
    return this.#ended.get(`${path}#${attempt}`);
  }

  takenUp(path: Path, attempt: number): void {
    this.#ended.delete(`${path}#${attempt}`);
  }

  /** What had not begun by its row is carried out as ever. */
  keepOf({ started }: RunHistory): void {
    const begun = new Set(started.map(({ path, attempt }) => `${path}#${attempt}`));
    for (const key of this.#ended.keys()) if (!begun.has(key)) this.#ended.delete(key);
  }
}

export function givenTo(child: NewRun | undefined): Pick<NewRun, "input" | "files"> | undefined {
  return child === undefined ? undefined : { input: child.input, ...(child.files === undefined ? {} : { files: child.files }) };
}
