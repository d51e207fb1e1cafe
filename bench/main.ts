import fs from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";
import { builder500 } from "@/bench/builder-500";
import { noOp } from "@/bench/no-op";
import { pages } from "@/bench/pages";
import { millraceWorkload } from "@/bench/program";
import { describe, machine, tableOf } from "@/bench/report";
import { BenchServer } from "@/bench/server";
import { threeStep } from "@/bench/three-step";
import { webhooks } from "@/bench/webhooks";
import type { Figure, Workload } from "@/bench/workload";

const WORKLOADS: readonly Workload[] = [
  threeStep,
  millraceWorkload("durable-steps", "1,000 runs of 20 steps"),
  millraceWorkload("parallel-for-each", "a parallel forEach over 1,000 items"),
  millraceWorkload("claim-cost", "claims with 1 thousand and 1 million queued runs, and beside a long transaction"),
  millraceWorkload("limited-queue", "100,000 runs behind a limit of 10 at the same time"),
  millraceWorkload("schedules", "10,000 schedules, 100 of them due each second"),
  noOp,
  millraceWorkload("list-runs", "the runs list with 1 million runs"),
  millraceWorkload("authorization", "what authorization and row-level security add to the pages of runs"),
  millraceWorkload("waiting-memory", "memory of a worker with 10,000 waiting runs"),
  millraceWorkload("takeover", "a run whose worker fell silent, by the length of its journal"),
  millraceWorkload("idle", "what an idle worker costs"),
  webhooks,
  builder500,
  pages,
];

const USAGE = `npm run bench -- [workload…] [--rounds N] [--json FILE] [--postgres SETTING]…

${WORKLOADS.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join("\n")}`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    json: { type: "string" },
    postgres: { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  },
});

function say(text: string): void {
  console.error(`bench: ${text}`);
}

function chosen(): readonly Workload[] {
  const unknown = positionals.filter((name) => !WORKLOADS.some((workload) => workload.name === name));
  if (!options.help && unknown.length === 0) return positionals.length === 0 ? WORKLOADS : WORKLOADS.filter(({ name }) => positionals.includes(name));
  if (unknown.length > 0) console.error(`There is no workload ${unknown.join(", ")}.`);
  console.error(USAGE);
  process.exit(unknown.length > 0 ? 64 : 0);
}

async function main(): Promise<void> {
  const workloads = chosen();
  const before = os.loadavg()[0]!;
  const server = await BenchServer.start(options.postgres);
  const figures: Figure[] = [];
  try {
    for (const workload of workloads) {
      say(`${workload.name}: ${workload.title}`);
      figures.push(...(await workload.measure({ server, rounds: Number(options.rounds), say })));
    }
    const surroundings = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      node: process.versions.node,
      database: await server.describe(),
      load: { before, after: os.loadavg()[0]! },
    };
    console.log(`\n${tableOf(figures)}\n\n${describe(surroundings)}\n`);
    const json = JSON.stringify({ ...surroundings, figures }, null, 2);
    if (options.json === undefined) console.log(json);
    else fs.writeFileSync(options.json, `${json}\n`);
  } finally {
    await server.stop();
  }
}

await main();
process.exit(0);
