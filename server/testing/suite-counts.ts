import { z } from "zod";

export interface SuiteCounts {
  readonly passed: number;
  readonly failed: number;
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
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
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
    failed: numFailedTests + brokenFiles.length,
    skipped: testResults.flatMap((file) =>
      file.assertionResults
        .filter((test) => !["passed", "failed"].includes(test.status))
        .map((test) => `${test.fullName} (${test.status})`),
    ),
  };
}

interface PlaywrightSuite {
  title: string;
  specs?: { title: string; tests: { status: string; annotations?: { type: string; description?: string }[] }[] }[];
  suites?: PlaywrightSuite[];
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  suites: z.array(z.custom<PlaywrightSuite>((value) => typeof value === "object" && value !== null)),
  errors: z.array(z.unknown()).default([]),
});

export function countPlaywright(report: unknown): SuiteCounts {
  const { stats, suites, errors } = playwrightReport.parse(report);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0),
    skipped: suites.flatMap(skippedIn),
  };
}

function skippedIn(suite: PlaywrightSuite): string[] {
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === "skipped")
      .map((test) => {
        const reason = test.annotations?.find((annotation) => annotation.type === "skip")?.description;
        return reason ? `${spec.title} (${reason})` : spec.title;
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(skippedIn)];
}

export function addCounts(all: readonly SuiteCounts[]): SuiteCounts {
  return {
    passed: all.reduce((sum, counts) => sum + counts.passed, 0),
    failed: all.reduce((sum, counts) => sum + counts.failed, 0),
    skipped: all.flatMap((counts) => counts.skipped),
  };
}

export function summaryLine({ passed, failed, skipped }: SuiteCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
