/** The web framework and the server below it have modules of their own: what both know is on the process. */
const PLACE = Symbol.for("millrace.databaseAway");
const REMEMBERED_MS = 5_000;

const shared = globalThis as { [PLACE]?: number };

/** A request failed because the database cannot be reached. */
export function noteDatabaseAway(): void {
  shared[PLACE] = performance.now();
}

/** Whether that happened just now. */
export function isDatabaseAway(): boolean {
  return performance.now() - (shared[PLACE] ?? -Infinity) < REMEMBERED_MS;
}
