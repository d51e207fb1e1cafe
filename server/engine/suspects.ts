/**
 * A worker that dies takes all runs that it holds with it, and one of them may be why. After as many losses a run is a suspect: a worker
 * watches one at a time, for longer than any life of it lasted that ended with a worker, so that whatever kills again does so while it is
 * watched. Only such losses are counted against a run. Two stops of everything make nobody a suspect.
 */
export const SUSPECTED_AFTER = 3;

/** Without progress a run that was not watched at any loss is given up late: so often nobody was found to be at fault. */
const ALL_LOSSES_FACTOR = 4;

/** What the longest life is multiplied by: the next one may be somewhat longer. */
const LIFE_FACTOR = 1.5;

interface Losses {
  takeovers: number;
  lostAlone: number;
}

export function isSuspect({ takeovers }: Pick<Losses, "takeovers">): boolean {
  return takeovers >= SUSPECTED_AFTER;
}

/** A worker was lost while it watched this one: for a while nothing new is taken beside it, which might be what kills. */
export function isAccused({ lostAlone }: Pick<Losses, "lostAlone">): boolean {
  return lostAlone > 0;
}

/** `most`: how many losses a run may cost that is watched in all but the first ones. */
export function isAtFault({ takeovers, lostAlone }: Losses, most: number): boolean {
  return takeovers > most && (lostAlone > most - SUSPECTED_AFTER || takeovers > most * ALL_LOSSES_FACTOR);
}

/** How long it is watched. `leastMs`: what the measure of a life may be short of it. */
export function watchMs({ livedMs }: { livedMs: number }, leastMs: number): number {
  return livedMs * LIFE_FACTOR + leastMs;
}
