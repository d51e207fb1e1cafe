export const BULK_ACTIONS = ["cancel", "rerun", "failure"] as const;
export const BULK_STATES = ["running", "stopped", "done", "failed"] as const;
/** So many are under way in a workspace at once. */
export const MAX_BULK_JOBS = 5;
/** Beyond so many runs a count says "more than". */
export const MAX_COUNTED_RUNS = 100_000;
