import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

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

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
});

/** A file that fails before its first test has no failed test; it counts as one. */
export function countVitest(report: unknown): SuiteCounts {
  const { numPassedTests, numFailedTests, testResults } = vitestReport.parse(report);
  const brokenFiles = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: numPassedTests,
    flaky: [],
    failed: numFailedTests + brokenFiles.length,
    failures: [
      ...testResults.flatMap((file) =>
        file.assertionResults
          .filter((test) => test.status === "failed")
          .map((test) => describeFailure(`${shortPath(file.name)} > ${test.fullName}`, test.failureMessages?.[0])),
      ),
      ...brokenFiles.map((file) => describeFailure(shortPath(file.name), file.message)),
    ],
    skipped: testResults.flatMap((file) =>
      file.assertionResults
        .filter((test) => !["passed", "failed"].includes(test.status))
        .map((test) => `${test.fullName} (${test.status})`),
    ),
  };
}

function describeFailure(name: string, message = ""): string {
  const reason = stripVTControlCharacters(message).split("\n").find((line) => line.trim() !== "");
  return reason === undefined ? name : `${name}: ${reason.trim()}`;
}

function shortPath(file: string): string {
  return path.isAbsolute(file) ? path.relative(process.cwd(), file) : file;
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
      describeFailure(title, test.results?.find((result) => result.error)?.error?.message),
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
