/** So often in a row it may stay unknown whether somebody may still listen. */
const MAY_MISS = 1;

/**
 * Ends what somebody hears once they may not any more, or once that could not be learnt: a database that is away says nothing of rights,
 * for one look and no longer. `tick` is for the clock, `changed` for news of rights.
 */
export function rightsWatch(mayListen: () => Promise<boolean>, end: () => void): { tick: () => void; changed: () => void } {
  let missed = 0;
  let isAsking = false;
  let isAskedAgain = false;
  /** The look under way, which then counts no second time. */
  let isMissed = false;
  const miss = () => {
    missed += 1;
    isMissed = true;
    if (missed > MAY_MISS) end();
  };
  const ask = async () => {
    isAsking = true;
    do {
      isAskedAgain = false;
      isMissed = false;
      const allowed = await mayListen().catch(() => null);
      if (allowed === false) end();
      else if (allowed !== null) missed = 0;
      else if (!isMissed) miss();
    } while (isAskedAgain);
    isAsking = false;
  };
  return {
    // The look before this one has no answer yet.
    tick: () => (isAsking ? miss() : void ask()),
    // What is being looked at may be older than the change.
    changed: () => {
      if (isAsking) isAskedAgain = true;
      else void ask();
    },
  };
}
