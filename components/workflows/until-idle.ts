const AT_MOST_MILLISECONDS = 300;

/** Until what was typed is on the screen. */
export function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such thing.
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: AT_MOST_MILLISECONDS });
  });
}
