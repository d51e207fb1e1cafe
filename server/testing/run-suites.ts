// npm test: every suite one after the other, and one line of counts at the end.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { addCounts, countPlaywright, countVitest, type SuiteCounts, summaryLine } from "@/server/testing/suite-counts";

interface Suite {
  readonly name: string;
  /** Arguments of `node`. */
  command(report: string): readonly string[];
  environment?(report: string): Record<string, string>;
  count(report: unknown): SuiteCounts;
}

const root = path.resolve(import.meta.dirname, "../..");
const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
const playwright = path.join(root, "node_modules/@playwright/test/cli.js");

function vitestSuite(name: string, ...projects: string[]): Suite {
  return {
    name,
    command: (report) => [
      vitest,
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    count: countVitest,
  };
}

const suites: readonly Suite[] = [
  vitestSuite("unit, property and integration tests", "unit", "int"),
  vitestSuite("crash tests", "crash"),
  {
    name: "browser tests",
    command: () => [playwright, "test", "--reporter=list,json"],
    environment: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
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

async function runSuite(suite: Suite, folder: string): Promise<SuiteCounts> {
  console.log(`\n=== ${suite.name}`);
  const report = path.join(folder, `${suite.name.replaceAll(" ", "-")}.json`);
  const code = await run(suite.command(report), suite.environment?.(report));
  if (!fs.existsSync(report)) {
    console.error(`The ${suite.name} ended with ${code} and without a report: counted as one failure.`);
    return { passed: 0, failed: 1, failures: [`${suite.name}: no report`], flaky: [], skipped: [] };
  }
  const counts = suite.count(JSON.parse(fs.readFileSync(report, "utf8")));
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, failures: [`${suite.name}: ended with ${code} although each test passed`] } : counts;
}

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-reports-"));
  const results: SuiteCounts[] = [];
  for (const suite of suites) results.push(await runSuite(suite, folder));
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
