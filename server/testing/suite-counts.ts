import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { VitestReport } from "@/server/testing/vitest-report";

export interface SuiteCounts {
  readonly passed: number;
  readonly failed: number;
  /** Names of what failed, each with the first line of its message. */
  readonly failures: readonly string[];
  /** Names of what passed at the second attempt only, with the first line of the first one's message. */
  readonly flaky: readonly string[];
  /** Names, with the reason where the runner knows it. */
  readonly skipped: readonly string[];
}

interface Failure {
  readonly file: string;
  readonly name: string;
  readonly reason: string | undefined;
}

/** A file that fails outside of its tests has no failed test; it counts as one. */
function failuresOf({ tests, errors }: VitestReport): Failure[] {
  const failed = tests.filter(({ state }) => state === "failed");
  const broken = new Map(errors.toReversed().filter(({ file }) => !failed.some((test) => test.file === file)).map(({ file, reason }) => [file, reason]));
  return [...failed.map(({ file, name, reason }) => ({ file, name: `${file} > ${name}`, reason })), ...[...broken].map(([file, reason]) => ({ file, name: file, reason }))];
}

export function countVitest(report: VitestReport): SuiteCounts {
  const failures = failuresOf(report);
  const { tests } = report;
  return {
    passed: tests.filter(({ state }) => state === "passed").length,
    failed: failures.length,
    failures: failures.map(describeFailure),
    flaky: [],
    skipped: tests.filter(({ state }) => state === "skipped" || state === "pending").map(({ name, state }) => `${name} (${state})`),
  };
}

export function failedFiles({ tests, errors }: VitestReport): string[] {
  return [...new Set([...tests.filter(({ state }) => state === "failed"), ...errors].map(({ file }) => file))];
}

/** The counts after the files that failed were run once more: their second result counts, and what passed only then is named. What was not run then has failed. */
export function countAttempts(first: VitestReport, second: VitestReport): SuiteCounts {
  const again = failedFiles(first);
  const others = { tests: first.tests.filter(({ file }) => !again.includes(file)), errors: [] };
  const stillFailed = failuresOf(second).flatMap(({ file, name }) => [file, name]);
  const passed = new Set(second.tests.filter(({ state }) => state === "passed").flatMap(({ file, name }) => [file, `${file} > ${name}`]));
  const open = failuresOf(first).filter(({ file, name }) => !stillFailed.includes(name) && (passed.has(name) || !stillFailed.includes(file)));
  const notRun = open.filter(({ name }) => !passed.has(name)).map(describeFailure);
  const counts = countVitest(second);
  return addCounts([countVitest(others), { ...counts, failed: counts.failed + notRun.length, failures: [...counts.failures, ...notRun], flaky: open.filter(({ name }) => passed.has(name)).map(describeFailure) }]);
}

function describeFailure({ name, reason = "" }: Omit<Failure, "file">): string {
  const line = stripVTControlCharacters(reason).split("\n").find((one) => one.trim() !== "");
  return line === undefined ? name : `${name}: ${line.trim()}`;
}

interface PlaywrightTest {
  status: string;
  annotations?: { type: string; description?: string }[];
  results?: { error?: { message?: string } }[];
}

interface PlaywrightSuite {
  title: string;
  specs?: { title: string; tests: PlaywrightTest[] }[];
  suites?: PlaywrightSuite[];
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  suites: z.array(z.custom<PlaywrightSuite>((value) => typeof value === "object" && value !== null)),
  errors: z.array(z.unknown()).default([]),
});

export function countPlaywright(report: unknown): SuiteCounts {
  const { stats, suites, errors } = playwrightReport.parse(report);
  const failing = (status: string): string[] =>
    suites.flatMap((suite) => browserTests(suite, [status])).map(({ title, test }) =>
      describeFailure({ name: title, reason: test.results?.find((result) => result.error)?.error?.message }),
    );
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (stats.unexpected === 0 ? errors.length : 0),
    failures: failing("unexpected"),
    flaky: failing("flaky"),
    skipped: suites.flatMap((suite) => browserTests(suite, ["skipped"])).map(({ title, test }) => {
      const reason = test.annotations?.find((annotation) => annotation.type === "skip")?.description;
      return reason ? `${title} (${reason})` : title;
    }),
  };
}

function browserTests(suite: PlaywrightSuite, statuses: readonly string[]): { title: string; test: PlaywrightTest }[] {
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.filter((test) => statuses.includes(test.status)).map((test) => ({ title, test })),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => browserTests(inner, statuses))];
}

export function addCounts(all: readonly SuiteCounts[]): SuiteCounts {
  return {
    passed: all.reduce((sum, counts) => sum + counts.passed, 0),
    failed: all.reduce((sum, counts) => sum + counts.failed, 0),
    failures: all.flatMap((counts) => counts.failures),
    flaky: all.flatMap((counts) => counts.flaky),
    skipped: all.flatMap((counts) => counts.skipped),
  };
}

export function summaryLine({ passed, failed, skipped }: Pick<SuiteCounts, "passed" | "failed" | "skipped">): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
