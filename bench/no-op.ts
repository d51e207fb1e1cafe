import type { Measured } from "@/bench/competitors/load.mjs";
import { installCompetitors, runCompetitor, runMillrace } from "@/bench/program";
import type { Bench, Figure, Workload } from "@/bench/workload";

const LOAD = { BENCH_LATENCY_RUNS: 300, BENCH_CONCURRENCY: 100, BENCH_RUNS: 5_000 };
const TITLES = { millrace: "Millrace, a run", graphile: "graphile-worker, a job", boss: "pg-boss, a job" } as const;
type Engine = keyof typeof TITLES;

/** From enqueueing until done is durable, without any work in between. */
export const noOp: Workload = {
  name: "no-op",
  title: "a run without work, enqueue to done, beside graphile-worker and pg-boss",
  async measure(bench) {
    await installCompetitors(bench.say);
    const rounds: Record<Engine, Measured>[] = [];
    for (let round = 1; round <= bench.rounds; round++) {
      bench.say(`no-op, round ${round} of ${bench.rounds}`);
      rounds.push({ millrace: (await runMillrace(bench.server, "no-op", LOAD)) as Measured, graphile: await other(bench, "graphile-worker"), boss: await other(bench, "pg-boss") });
    }
    return (Object.keys(TITLES) as Engine[]).flatMap((engine) => {
      const best = (key: keyof Measured, of: (...values: number[]) => number) => of(...rounds.map((round) => round[engine][key]));
      const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "no-op", measure: `${TITLES[engine]}: ${measure}`, value, unit });
      return [figure("one at a time, median", best("medianMs", Math.min), "ms"), figure("one at a time, p95", best("p95Ms", Math.min), "ms"), figure(`${LOAD.BENCH_CONCURRENCY} at once`, best("runsPerSecond", Math.max), "per s")];
    });
  },
};

async function other({ server }: Bench, name: "graphile-worker" | "pg-boss"): Promise<Measured> {
  const url = await server.newDatabase({ migrated: false });
  const measured = await runCompetitor(name, { BENCH_DATABASE_URL: url, ...LOAD });
  await server.dropDatabase(url);
  return measured;
}
