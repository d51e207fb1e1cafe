/** What one step of priority is worth: a run of priority 1 goes before runs of priority 0 that are up to a minute older. */
export const PRIORITY_STEP_MS = 60_000;

/** Place in the queue: due time minus priority, so that low priority rises as it waits. Lower goes first. Milliseconds. */
export function rankOf(dueAt: number, priority: number): number {
  return Math.round(dueAt - priority * PRIORITY_STEP_MS);
}
