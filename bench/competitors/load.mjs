/** Until what engines are written in has been compiled and optimized: a server runs for weeks. */
const WARM_UP_RUNS = 1_000;

/**
 * The load every engine gets: runs that are not counted, runs one at a time for latency, then a closed loop of concurrent callers for throughput.
 * `call` starts one three-step run and resolves with its result once it has finished.
 * @param {{ call: (n: number) => Promise<number>, latencyRuns: number, concurrency: number, runs: number }} load
 */
export async function measure({ call, latencyRuns, concurrency, runs }) {
  await expectResult(call, 0);
  for (let n = 0; n < WARM_UP_RUNS; n++) await call(n);
  const latencies = [];
  for (let n = 0; n < latencyRuns; n++) {
    const begun = performance.now();
    await call(n);
    latencies.push(performance.now() - begun);
  }
  latencies.sort((a, b) => a - b);
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < runs) await call(next++);
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return {
    medianMs: latencies[Math.floor(latencies.length / 2)],
    p95Ms: latencies[Math.floor(latencies.length * 0.95)],
    runsPerSecond: runs / seconds,
    stepsPerSecond: (3 * runs) / seconds,
  };
}

async function expectResult(call, n) {
  const result = await call(n);
  if (result !== n + 3) throw new Error(`three steps over ${n} gave ${JSON.stringify(result)}, not ${n + 3}`);
}

export function loadFromEnv() {
  return {
    latencyRuns: Number(process.env.BENCH_LATENCY_RUNS ?? 300),
    concurrency: Number(process.env.BENCH_CONCURRENCY ?? 100),
    runs: Number(process.env.BENCH_RUNS ?? 3000),
  };
}
