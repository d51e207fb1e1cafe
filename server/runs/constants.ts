export const RUN_STATUSES = ["queued", "running", "waiting", "blocked", "succeeded", "failed", "cancelled"] as const;
export const FINAL_RUN_STATUSES = ["succeeded", "failed", "cancelled"] as const;
export const RUN_MODES = ["production", "test"] as const;
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** Of each of a run's input, output and error, as `run_content` has them; behind the first ones the words alone. */
export const SEARCHED_CHARACTERS = 65_536;
export const SEARCHED_AS_WRITTEN = 8_192;

/** How many step runs one answer holds; the page asks again while there are more. */
export const STEPS_PER_ANSWER = 2_000;

/** Runs that one request may cancel or re-run. */
export const MAX_BULK_RUNS = 200;

/** Runs that a run began, as far as they come with it: the list of runs has them all. */
export const SHOWN_CHILDREN = 500;
