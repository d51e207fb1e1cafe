import type { RunSummary } from "@/server/runs/contract";

/** So many runs go with one request: what is stopped in between ends soon. */
export const PORTION = 50;

export interface Progress {
  seen: number;
  done: number;
  /** How often each refusal was told. */
  refusals: ReadonlyMap<string, number>;
  /** Where it goes on. Null: at the end, or not begun yet. */
  cursor: string | null;
  isAtEnd: boolean;
}

export const NOT_BEGUN: Progress = { seen: 0, done: 0, refusals: new Map(), cursor: null, isAtEnd: false };

interface Page {
  items: readonly RunSummary[];
  nextCursor: string | null;
}

export interface AllRuns {
  list: (cursor: string | null) => Promise<Page>;
  /** Which of them it is about. */
  isMeant: (run: RunSummary) => boolean;
  /** One answer for each run: null, or why it was refused. */
  act: (runIds: string[]) => Promise<readonly (string | null)[]>;
  isStopped: () => boolean;
  onProgress: (progress: Progress) => void;
}

/** From the newest run to the oldest, portion by portion. What it begins is newer than all of them, and never comes by. */
export async function actOnAll({ list, isMeant, act, isStopped, onProgress }: AllRuns, begun: Progress): Promise<Progress> {
  let progress = begun;
  while (!progress.isAtEnd && !isStopped()) {
    const page = await list(progress.cursor);
    const ids = page.items.filter(isMeant).map(({ id }) => id);
    const answers = ids.length === 0 ? [] : await act(ids);
    const refusals = new Map(progress.refusals);
    for (const refusal of answers) if (refusal !== null) refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
    progress = {
      seen: progress.seen + page.items.length,
      done: progress.done + answers.filter((refusal) => refusal === null).length,
      refusals, cursor: page.nextCursor, isAtEnd: page.nextCursor === null,
    };
    onProgress(progress);
  }
  return progress;
}
