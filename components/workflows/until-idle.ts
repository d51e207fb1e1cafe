const AT_MOST_MILLISECONDS = 300;
/** What is typed becomes an edit after a pause as long, and another click of the same place comes before it is over: until then there is nothing new to look at. */
const HANDS_REST_MILLISECONDS = 250;
const HANDS_AT_MOST_MILLISECONDS = 3_000;

/** Until hands rest, what was typed is on the screen and no button is held down: what comes then slows no key, and moves nothing from below a click or a double click. */
export async function untilIdle(): Promise<void> {
  watchHands();
  const begun = performance.now();
  do {
    await untilHandsRest(begun);
    await browserIdle();
    await untilReleased();
  } while (areBusy(begun));
}

/** Until no button is held down, and the click that ends it has come. */
export async function untilReleased(): Promise<void> {
  watchHands();
  while (hands.isHeld) await new Promise<void>((resolve) => hands.waiting.push(resolve));
}

const areBusy = (begun: number) => performance.now() < Math.min(hands.usedAt + HANDS_REST_MILLISECONDS, begun + HANDS_AT_MOST_MILLISECONDS);

async function untilHandsRest(begun: number): Promise<void> {
  while (areBusy(begun)) await new Promise((resolve) => setTimeout(resolve, hands.usedAt + HANDS_REST_MILLISECONDS - performance.now()));
}

function browserIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such thing.
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: AT_MOST_MILLISECONDS });
  });
}

const hands = { isWatched: false, usedAt: -Infinity, isHeld: false, waiting: [] as (() => void)[] };

function watchHands(): void {
  if (hands.isWatched || typeof window === "undefined") return;
  hands.isWatched = true;
  window.addEventListener("keydown", () => void (hands.usedAt = performance.now()), true);
  window.addEventListener("pointerdown", ({ button }) => {
    if (button !== 0) return;
    hands.isHeld = true;
    hands.usedAt = performance.now();
  }, true);
  for (const end of ["pointerup", "pointercancel", "blur"] as const) window.addEventListener(end, ({ target }) => (end !== "blur" || target === window ? release() : undefined), true);
}

function release(): void {
  hands.isHeld = false;
  // The click that it ends comes first.
  setTimeout(() => {
    for (const go of hands.waiting.splice(0)) go();
  });
}
