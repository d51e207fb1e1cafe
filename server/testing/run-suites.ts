// npm test: the suites one after the other, the browser's in two halves at a time, and one line of counts at the end.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build, isBuildCurrent } from "@/server/supervisor/build";
import { addCounts, countAttempts, countPlaywright, countVitest, failedFiles, type SuiteCounts, summaryLine } from "@/server/testing/suite-counts";
import type { VitestReport } from "@/server/testing/vitest-report";

interface Suite {
  readonly name: string;
  /** Starts installations: the pages are built before, not beside a test that has a time limit. */
  readonly needsPages?: boolean;
  run(folder: string): Promise<SuiteCounts>;
}

const root = path.resolve(import.meta.dirname, "../..");
const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
const playwright = path.join(root, "node_modules/@playwright/test/cli.js");

/** When more files fail than these, no accident of the machine is the cause, and none of them gets a second attempt. */
const MAX_SECOND_ATTEMPTS = 4;

function vitestSuite(name: string, projects: readonly string[], needsPages = false): Suite {
  const attempt = async (report: string, files: readonly string[] = []) => {
    const alone = files.length === 0 ? [] : ["--no-file-parallelism"];
    const code = await run([vitest, "run", ...alone, ...projects.flatMap((project) => ["--project", project]), "--reporter=default", "--reporter=server/testing/vitest-report.ts", ...files], { VITEST_REPORT: report });
    return { code, report: readReport<VitestReport>(report) };
  };
  return {
    name,
    needsPages,
    run: async (folder) => {
      const first = await attempt(path.join(folder, `${projects[0]}-1.json`));
      if (first.report === null) return noReport(name, first.code);
      const files = failedFiles(first.report);
      if (files.length === 0 || files.length > MAX_SECOND_ATTEMPTS || files.some((file) => !fs.existsSync(path.join(root, file)))) return consistent(name, first.code, countVitest(first.report));
      console.log(`\n=== ${name}: a second attempt, with nothing beside it, for ${files.join(", ")}`);
      const second = await attempt(path.join(folder, `${projects[0]}-2.json`), files);
      return second.report === null ? noReport(name, second.code) : consistent(name, second.code, countAttempts(first.report, second.report));
    },
  };
}

/** Each part with an installation of its own; Playwright itself gives a test its second attempt. */
async function browserPart(folder: string, part: string, ...selection: string[]): Promise<SuiteCounts> {
  const name = `browser tests ${part}`;
  const file = path.join(folder, `browser-${part}.json`);
  const code = await run([playwright, "test", ...selection, "--reporter=list,json", `--output=test-results/${part}`], { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const report = readReport(file);
  return report === null ? noReport(name, code) : consistent(name, code, countPlaywright(report));
}

const suites: readonly Suite[] = [
  vitestSuite("unit, property and integration tests", ["unit", "int"]),
  vitestSuite("crash tests", ["crash"], true),
  {
    name: "browser tests",
    needsPages: true,
    run: async (folder) => {
      const halves = await Promise.all(["1/2", "2/2"].map((shard) => browserPart(folder, shard[0]!, "--project=journeys", `--shard=${shard}`)));
      // What is measured is measured with nothing beside it.
      return addCounts([...halves, await browserPart(folder, "figures", "--project=figures")]);
    },
  },
];

function run(command: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...environment }, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function readReport<T = unknown>(file: string): T | null {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as T) : null;
}

function noReport(name: string, code: number): SuiteCounts {
  console.error(`The ${name} ended with ${code} and without a report: counted as one failure.`);
  return { passed: 0, failed: 1, failures: [`${name}: no report`], flaky: [], skipped: [] };
}

function consistent(name: string, code: number, counts: SuiteCounts): SuiteCounts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, failures: [`${name}: ended with ${code} although each test passed`] } : counts;
}

async function runSuite(suite: Suite, folder: string): Promise<SuiteCounts> {
  const began = performance.now();
  console.log(`\n=== ${suite.name}`);
  if (suite.needsPages === true && !isBuildCurrent(root)) await build(root);
  const counts = await suite.run(folder);
  console.log(`=== ${suite.name}: ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  return counts;
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
