import { installCompetitors, measureCompetitor } from "@/bench/competitor";
import type { Measured } from "@/bench/competitors/load.mjs";
import { measureThreeSteps } from "@/bench/millrace/three-step";
import type { Bench, Figure, Workload } from "@/bench/workload";

const LATENCY_RUNS = 300;
const CONCURRENCY = 100;
const RUNS = { millrace: 8_000, dbos: 1_500, restate: 2_500 };
const AIMS = { dbosRuns: 12, restateRuns: 6, median: 0.4, medianMs: 4 };

type Engine = "millrace" | "chained" | "dbos" | "restate";
const TITLES: Record<Engine, string> = {
  millrace: "Millrace, every step committed",
  chained: "Millrace, chained steps share a commit",
  dbos: "DBOS",
  restate: "Restate",
};

export const threeStep: Workload = {
  name: "three-step",
  title: "three durable steps: one run at a time, then 100 at once",
  async measure(bench) {
    await installCompetitors(bench.say);
    const rounds: Record<Engine, Measured>[] = [];
    for (let round = 1; round <= bench.rounds; round++) {
      bench.say(`three-step, round ${round} of ${bench.rounds}`);
      rounds.push({
        millrace: await millrace(bench, true),
        dbos: await dbos(bench),
        restate: await restate(bench, round),
        chained: await millrace(bench, false),
      });
    }
    return [...figuresOf(rounds), ...comparison(rounds)];
  },
};

function millrace({ server }: Bench, commitEachStep: boolean): Promise<Measured> {
  return measureThreeSteps(server, { latencyRuns: LATENCY_RUNS, concurrency: CONCURRENCY, runs: RUNS.millrace, commitEachStep });
}

async function dbos({ server }: Bench): Promise<Measured> {
  const url = await server.newDatabase({ migrated: false });
  const measured = await measureCompetitor("dbos", { BENCH_DATABASE_URL: url, ...load(RUNS.dbos) });
  await server.dropDatabase(url);
  return measured;
}

function restate({ server }: Bench, round: number): Promise<Measured> {
  return measureCompetitor("restate", { BENCH_FOLDER: `${server.folder}/restate-${round}`, ...load(RUNS.restate) });
}

function load(runs: number): Record<string, number> {
  return { BENCH_LATENCY_RUNS: LATENCY_RUNS, BENCH_CONCURRENCY: CONCURRENCY, BENCH_RUNS: runs };
}

/** Every engine's best round, so that load on the machine from elsewhere counts against none of them. */
function best(rounds: Record<Engine, Measured>[], engine: Engine): Measured {
  const all = rounds.map((round) => round[engine]);
  const lowest = (read: (one: Measured) => number): number => Math.min(...all.map(read));
  const highest = (read: (one: Measured) => number): number => Math.max(...all.map(read));
  return {
    medianMs: lowest((one) => one.medianMs),
    p95Ms: lowest((one) => one.p95Ms),
    runsPerSecond: highest((one) => one.runsPerSecond),
    stepsPerSecond: highest((one) => one.stepsPerSecond),
  };
}

function figuresOf(rounds: Record<Engine, Measured>[]): Figure[] {
  return (Object.keys(TITLES) as Engine[]).flatMap((engine) => {
    const { medianMs, p95Ms, runsPerSecond } = best(rounds, engine);
    const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "three-step", measure: `${TITLES[engine]}: ${measure}`, value, unit });
    return [figure("one at a time, median", medianMs, "ms"), figure("one at a time, p95", p95Ms, "ms"), figure(`${CONCURRENCY} at once`, runsPerSecond, "runs/s")];
  });
}

function comparison(rounds: Record<Engine, Measured>[]): Figure[] {
  const [ours, dbosBest, restateBest] = [best(rounds, "millrace"), best(rounds, "dbos"), best(rounds, "restate")];
  const times = (measure: string, value: number, aim: number): Figure => ({ workload: "three-step", measure, value, unit: "×", aim: { text: `≥ ${aim} ×`, met: value >= aim } });
  const share = (measure: string, value: number): Figure => ({ workload: "three-step", measure, value, unit: "×", aim: { text: `≤ ${AIMS.median} ×`, met: value <= AIMS.median } });
  return [
    times("runs/s to DBOS", ours.runsPerSecond / dbosBest.runsPerSecond, AIMS.dbosRuns),
    times("runs/s to Restate", ours.runsPerSecond / restateBest.runsPerSecond, AIMS.restateRuns),
    share("median to DBOS", ours.medianMs / dbosBest.medianMs),
    share("median to Restate", ours.medianMs / restateBest.medianMs),
    { workload: "three-step", measure: "median, one at a time", value: ours.medianMs, unit: "ms", aim: { text: `≤ ${AIMS.medianMs} ms`, met: ours.medianMs <= AIMS.medianMs } },
  ];
}
