const PATIENCE_MS = 3_000;

/** For a process that somebody else's code ends: what is left is done before, unless it takes too long. */
export function beforeExit(work: () => Promise<void>): void {
  const exit = process.exit.bind(process);
  let isEnding = false;
  process.exit = ((code) => {
    if (isEnding) return;
    isEnding = true;
    const timer = setTimeout(() => exit(code), PATIENCE_MS);
    void work().catch(() => undefined).then(() => {
      clearTimeout(timer);
      exit(code);
    });
  }) as typeof process.exit;
}
