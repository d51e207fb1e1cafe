import { expect, it } from "vitest";
import { addCounts, countAttempts, countPlaywright, countVitest, failedFiles, summaryLine } from "@/server/testing/suite-counts";
import type { VitestReport } from "@/server/testing/vitest-report";

const vitestReport: VitestReport = {
  tests: [
    { file: "a.test.ts", name: "a works", state: "passed" },
    { file: "a.test.ts", name: "a breaks", state: "failed", reason: "\u001b[31mexpected 1 to be 2\u001b[39m (a.test.ts:3)" },
    { file: "a.test.ts", name: "a needs a printer", state: "skipped" },
    { file: "b.test.ts", name: "b works", state: "passed" },
  ],
  errors: [{ file: "a.test.ts", reason: "a hook of a file that failed anyway" }, { file: "does-not-load.test.ts", reason: "Cannot find module 'b'" }, { file: "does-not-load.test.ts", reason: "nor 'c'" }],
};

const playwrightReport = {
  stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 1 },
  errors: [],
  suites: [
    {
      title: "journey.spec.ts",
      suites: [
        {
          title: "first start",
          specs: [
            {
              title: "prints",
              tests: [{ status: "skipped", annotations: [{ type: "skip", description: "no printer" }] }],
            },
          ],
        },
      ],
    },
  ],
};

it("adds the suites of both runners and names what was skipped", () => {
  const total = addCounts([countVitest(vitestReport), countPlaywright(playwrightReport)]);
  expect(summaryLine(total)).toBe("4 passed, 2 failed, 2 skipped");
  expect(total.skipped).toEqual(["a needs a printer (skipped)", "prints (no printer)"]);
});

it("names what failed, with the first line of the reason", () => {
  const broken = { title: "signs in", tests: [{ status: "unexpected", results: [{ error: { message: "Timeout\nCall log" } }] }] };
  const browser = { ...playwrightReport, suites: [{ title: "journey.spec.ts", specs: [broken] }] };
  expect(addCounts([countVitest(vitestReport), countPlaywright(browser)]).failures).toEqual([
    "a.test.ts > a breaks: expected 1 to be 2 (a.test.ts:3)",
    "does-not-load.test.ts: Cannot find module 'b'",
    "signs in: Timeout",
  ]);
});

it("names what passed at the second attempt only", () => {
  const late = { title: "opens", tests: [{ status: "flaky", results: [{ error: { message: "Timeout" } }, {}] }] };
  const report = { ...playwrightReport, stats: { expected: 2, unexpected: 0, flaky: 1 }, suites: [{ title: "journey.spec.ts", specs: [late] }] };
  expect(summaryLine(countPlaywright(report))).toBe("3 passed, 0 failed, 0 skipped");
  expect(countPlaywright(report).flaky).toEqual(["opens: Timeout"]);
});

it("counts an error outside of any test as a failure", () => {
  const report = { ...playwrightReport, stats: { expected: 0, unexpected: 0, flaky: 0 }, suites: [], errors: [{}] };
  expect(summaryLine(countPlaywright(report))).toBe("0 passed, 1 failed, 0 skipped");
});

it("counts what failed by its second attempt, and names what only the second one passed", () => {
  expect(failedFiles(vitestReport)).toEqual(["a.test.ts", "does-not-load.test.ts"]);
  const works = { file: "a.test.ts", name: "a works", state: "passed" as const };
  const loaded = { file: "does-not-load.test.ts", name: "loads", state: "passed" as const };
  const second = { tests: [works, { file: "a.test.ts", name: "a breaks", state: "passed" as const }, { file: "a.test.ts", name: "a needs a printer", state: "skipped" as const }, loaded], errors: [] };
  const counts = countAttempts(vitestReport, second);
  expect(summaryLine(counts)).toBe("4 passed, 0 failed, 1 skipped");
  expect(counts.flaky).toEqual(["a.test.ts > a breaks: expected 1 to be 2 (a.test.ts:3)", "does-not-load.test.ts: Cannot find module 'b'"]);
  const twice = countAttempts(vitestReport, { tests: [works, { file: "a.test.ts", name: "a breaks", state: "failed", reason: "expected 1 to be 3" }, loaded], errors: [] });
  expect(twice).toMatchObject({ failed: 1, failures: ["a.test.ts > a breaks: expected 1 to be 3"], flaky: ["does-not-load.test.ts: Cannot find module 'b'"] });
  // What is left out the second time, or whose file does not load then, has not passed.
  const leftOut = countAttempts(vitestReport, { tests: [works, { file: "a.test.ts", name: "a breaks", state: "skipped" }], errors: [] });
  expect(leftOut).toMatchObject({ failed: 2, failures: ["a.test.ts > a breaks: expected 1 to be 2 (a.test.ts:3)", "does-not-load.test.ts: Cannot find module 'b'"], flaky: [] });
  expect(countAttempts(vitestReport, { tests: [loaded], errors: [{ file: "a.test.ts", reason: "a hook" }] })).toMatchObject({ failed: 1, failures: ["a.test.ts: a hook"], flaky: ["does-not-load.test.ts: Cannot find module 'b'"] });
  expect(countAttempts(vitestReport, { ...second, errors: [{ file: "outside of the tests", reason: "late" }] })).toMatchObject({ failed: 1, failures: ["outside of the tests: late"] });
});
