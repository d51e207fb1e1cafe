const AT_MOST_MILLISECONDS = 300;
/** What is typed becomes an edit after a pause as long: before that there is nothing new to look at. */
const TYPING_RESTS_MILLISECONDS = 250;
const TYPING_AT_MOST_MILLISECONDS = 3_000;

/** Until typing rests, what was typed is on the screen and no button is held down: what comes then slows no key, and moves nothing from below a click. */
export async function untilIdle(): Promise<void> {
  watchHands();
  const begun = performance.now();
  do {
    await untilTypingRests(begun);
    await browserIdle();
    await untilReleased();
  } while (isTyping(begun));
}

/** Until no button is held down, and the click that ends it has come. */
export async function untilReleased(): Promise<void> {
  watchHands();
  while (hands.isHeld) await new Promise<void>((resolve) => hands.waiting.push(resolve));
}

const isTyping = (begun: number) => performance.now() < Math.min(hands.typedAt + TYPING_RESTS_MILLISECONDS, begun + TYPING_AT_MOST_MILLISECONDS);

async function untilTypingRests(begun: number): Promise<void> {
  while (isTyping(begun)) await new Promise((resolve) => setTimeout(resolve, hands.typedAt + TYPING_RESTS_MILLISECONDS - performance.now()));
}

function browserIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such thing.
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: AT_MOST_MILLISECONDS });
  });
}

const hands = { isWatched: false, typedAt: -Infinity, isHeld: false, waiting: [] as (() => void)[] };

function watchHands(): void {
  if (hands.isWatched || typeof window === "undefined") return;
  hands.isWatched = true;
  window.addEventListener("keydown", () => void (hands.typedAt = performance.now()), true);
  window.addEventListener("pointerdown", ({ button }) => void (hands.isHeld ||= button === 0), true);
  for (const end of ["pointerup", "pointercancel", "blur"] as const) window.addEventListener(end, ({ target }) => (end !== "blur" || target === window ? release() : undefined), true);
}

function release(): void {
  hands.isHeld = false;
  // The click that it ends comes first.
  setTimeout(() => {
    for (const go of hands.waiting.splice(0)) go();
  });
}
