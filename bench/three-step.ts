import type { Measured } from "@/bench/competitors/load.mjs";
import { installCompetitors, runCompetitor, runMillrace } from "@/bench/program";
import { atLeast, atMost, type Bench, type Figure, type Workload } from "@/bench/workload";

const LATENCY_RUNS = 300;
const CONCURRENCY = 100;
const RUNS = { millrace: 8_000, dbos: 1_500, restate: 2_500 };
const AIMS = { dbosRuns: 12, restateRuns: 6, median: 0.4, medianMs: 4 };

type Engine = "millrace" | "chained" | "dbos" | "restate";
type Round = Record<Engine, Measured>;
const TITLES: Record<Engine, string> = {
  millrace: "Millrace, every step committed",
  chained: "Millrace, three steps in one commit",
  dbos: "DBOS",
  restate: "Restate",
};

export const threeStep: Workload = {
  name: "three-step",
  title: "three durable steps, one run at a time and 100 at once, beside DBOS and Restate",
  async measure(bench) {
    await installCompetitors(bench.say);
    const rounds: Round[] = [];
    for (let round = 1; round <= bench.rounds; round++) {
      bench.say(`three-step, round ${round} of ${bench.rounds}`);
      rounds.push({ millrace: await millrace(bench, true), dbos: await dbos(bench), restate: await restate(bench, round), chained: await millrace(bench, false) });
    }
    return [...figuresOf(rounds), ...comparison(rounds)];
  },
};

function load(runs: number): Record<string, number> {
  return { BENCH_LATENCY_RUNS: LATENCY_RUNS, BENCH_CONCURRENCY: CONCURRENCY, BENCH_RUNS: runs };
}

async function millrace({ server }: Bench, commitEachStep: boolean): Promise<Measured> {
  return (await runMillrace(server, "three-step", { BENCH_COMMIT_EACH_STEP: commitEachStep ? 1 : 0, ...load(RUNS.millrace) })) as Measured;
}

async function dbos({ server }: Bench): Promise<Measured> {
  const url = await server.newDatabase({ migrated: false });
  const measured = await runCompetitor("dbos", { BENCH_DATABASE_URL: url, ...load(RUNS.dbos) });
  await server.dropDatabase(url);
  return measured;
}

function restate({ server }: Bench, round: number): Promise<Measured> {
  return runCompetitor("restate", { BENCH_FOLDER: `${server.folder}/restate-${round}`, ...load(RUNS.restate) });
}

/** Every engine's best round, so that load on the machine from elsewhere counts against none of them. */
function best(rounds: Round[], engine: Engine): Measured {
  const lowest = (key: keyof Measured): number => Math.min(...rounds.map((round) => round[engine][key]));
  const highest = (key: keyof Measured): number => Math.max(...rounds.map((round) => round[engine][key]));
  return { medianMs: lowest("medianMs"), p95Ms: lowest("p95Ms"), runsPerSecond: highest("runsPerSecond"), stepsPerSecond: highest("stepsPerSecond") };
}

function figuresOf(rounds: Round[]): Figure[] {
  return (Object.keys(TITLES) as Engine[]).flatMap((engine) => {
    const { medianMs, p95Ms, runsPerSecond } = best(rounds, engine);
    const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "three-step", measure: `${TITLES[engine]}: ${measure}`, value, unit });
    return [figure("one at a time, median", medianMs, "ms"), figure("one at a time, p95", p95Ms, "ms"), figure(`${CONCURRENCY} at once`, runsPerSecond, "runs/s")];
  });
}

function comparison(rounds: Round[]): Figure[] {
  const [ours, dbosBest, restateBest] = [best(rounds, "millrace"), best(rounds, "dbos"), best(rounds, "restate")];
  const figure = (measure: string, value: number, unit: string, aim: Figure["aim"]): Figure => ({ workload: "three-step", measure, value, unit, ...(aim === undefined ? {} : { aim }) });
  const times = (measure: string, value: number, aim: number): Figure => figure(measure, value, "×", atLeast(value, aim, "×"));
  const share = (measure: string, value: number): Figure => figure(measure, value, "×", atMost(value, AIMS.median, "×"));
  return [
    times("runs/s to DBOS", ours.runsPerSecond / dbosBest.runsPerSecond, AIMS.dbosRuns),
    times("runs/s to Restate", ours.runsPerSecond / restateBest.runsPerSecond, AIMS.restateRuns),
    share("median to DBOS", ours.medianMs / dbosBest.medianMs),
    share("median to Restate", ours.medianMs / restateBest.medianMs),
    figure("median, one at a time", ours.medianMs, "ms", atMost(ours.medianMs, AIMS.medianMs, "ms")),
  ];
}
