/** How often to measure what other load on the machine disturbs. */
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 1);

/** The shortest of the rounds, in seconds. */
export async function shortest(task: () => Promise<void>): Promise<number> {
  let seconds = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    await task();
    seconds = Math.min(seconds, (performance.now() - begun) / 1_000);
  }
  return seconds;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
