/** Resolves after the time, or at once when `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}

/**
 * Until `signal` is aborted: what goes on then is waited for. A failure is reported and ends nothing. Everything of one pace comes at
 * the same moments of a process, so that what it asks can go together.
 */
export async function repeat(work: () => Promise<unknown>, pauseMs: number, signal: AbortSignal, report: (error: unknown) => void): Promise<void> {
  while (!signal.aborted) {
    await work().catch(report);
    await pause(pauseMs - (performance.now() % pauseMs), signal);
  }
}
