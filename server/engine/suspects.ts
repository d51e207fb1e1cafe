/**
 * A worker that dies takes all runs that it holds with it, and one of them may be why. After as many losses a run is suspected: it is
 * claimed alone, while its worker takes nothing else for a while, so that whatever else the worker held is not at fault.
 */
export const SUSPECTED_AFTER = 2;

/** Without progress a run that was beside others at every loss is given up late: so often nobody was found to be at fault. */
const ALL_LOSSES_FACTOR = 4;

interface Losses {
  takeovers: number;
  lostAlone: number;
}

export function isSuspect({ takeovers }: Pick<Losses, "takeovers">): boolean {
  return takeovers >= SUSPECTED_AFTER;
}

/** `most`: how many losses a run may cost that is alone in all but the first ones. */
export function isAtFault({ takeovers, lostAlone }: Losses, most: number): boolean {
  return takeovers > most && (lostAlone > most - SUSPECTED_AFTER || takeovers > most * ALL_LOSSES_FACTOR);
}
