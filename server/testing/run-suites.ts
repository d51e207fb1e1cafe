// npm test: the suites one after the other, the browser's in two halves at a time, and one line of counts at the end.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build, isBuildCurrent } from "@/server/supervisor/build";
import { addCounts, countPlaywright, countVitest, type SuiteCounts, summaryLine } from "@/server/testing/suite-counts";

interface Part {
  /** Arguments of `node`. */
  command(report: string): readonly string[];
  environment?(report: string): Record<string, string>;
}

interface Suite {
  readonly name: string;
  /** Starts installations: the pages are built before, not beside a test that has a time limit. */
  readonly needsPages?: boolean;
  /** Groups of parts: the groups one after the other, the parts of one at the same time. */
  readonly parts: readonly (readonly Part[])[];
  count(report: unknown): SuiteCounts;
}

const root = path.resolve(import.meta.dirname, "../..");
const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
const playwright = path.join(root, "node_modules/@playwright/test/cli.js");

function vitestSuite(name: string, projects: readonly string[], needsPages = false): Suite {
  return {
    name,
    needsPages,
    parts: [[{
      command: (report) => [
        vitest,
        "run",
        ...projects.flatMap((project) => ["--project", project]),
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
    }]],
    count: countVitest,
  };
}

/** Each with an installation of its own. */
function browserPart(folder: string, ...selection: string[]): Part {
  return {
    command: () => [playwright, "test", ...selection, "--reporter=list,json", `--output=test-results/${folder}`],
    environment: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
  };
}

const suites: readonly Suite[] = [
  vitestSuite("unit, property and integration tests", ["unit", "int"]),
  vitestSuite("crash tests", ["crash"], true),
  {
    name: "browser tests",
    needsPages: true,
    parts: [
      [browserPart("1", "--project=journeys", "--shard=1/2"), browserPart("2", "--project=journeys", "--shard=2/2")],
      // What is measured is measured with nothing beside it.
      [browserPart("figures", "--project=figures")],
    ],
    count: countPlaywright,
  },
];

function run(command: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...environment }, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function runPart(suite: Suite, part: Part, report: string): Promise<SuiteCounts> {
  const code = await run(part.command(report), part.environment?.(report));
  if (!fs.existsSync(report)) {
    console.error(`The ${suite.name} ended with ${code} and without a report: counted as one failure.`);
    return { passed: 0, failed: 1, failures: [`${suite.name}: no report`], flaky: [], skipped: [] };
  }
  const counts = suite.count(JSON.parse(fs.readFileSync(report, "utf8")));
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, failures: [`${suite.name}: ended with ${code} although each test passed`] } : counts;
}

async function runSuite(suite: Suite, folder: string): Promise<SuiteCounts> {
  const began = performance.now();
  console.log(`\n=== ${suite.name}`);
  if (suite.needsPages === true && !isBuildCurrent(root)) await build(root);
  const counts: SuiteCounts[] = [];
  for (const [group, parts] of suite.parts.entries()) {
    const reportOf = (index: number) => path.join(folder, `${suite.name.replaceAll(" ", "-")}-${group}-${index}.json`);
    counts.push(...(await Promise.all(parts.map((part, index) => runPart(suite, part, reportOf(index))))));
  }
  console.log(`=== ${suite.name}: ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  return addCounts(counts);
}

async function countedSuite(suite: Suite, folder: string): Promise<SuiteCounts> {
  try {
    return await runSuite(suite, folder);
  } catch (error) {
    return { passed: 0, failed: 1, failures: [`${suite.name}: ${(error as Error).message}`], flaky: [], skipped: [] };
  }
}

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-reports-"));
  const results: SuiteCounts[] = [];
  for (const suite of suites) results.push(await countedSuite(suite, folder));
  fs.rmSync(folder, { recursive: true, force: true });
  const total = addCounts(results);
  console.log(`\n${suites.map((suite, index) => `${suite.name}: ${summaryLine(results[index]!)}`).join("\n")}`);
  for (const failure of total.failures) console.log(`failed: ${failure}`);
  for (const name of total.flaky) console.log(`passed at the second attempt: ${name}`);
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  console.log(`\n${summaryLine(total)}`);
  process.exit(total.failed > 0 ? 1 : 0);
}

await main();
