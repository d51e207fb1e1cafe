import { expect, it } from "vitest";
import { addCounts, countPlaywright, countVitest, summaryLine } from "@/server/testing/suite-counts";

const vitestReport = {
  numPassedTests: 1,
  numFailedTests: 1,
  testResults: [
    {
      name: "a.test.ts",
      status: "failed",
      assertionResults: [
        { fullName: "a works", status: "passed" },
        { fullName: "a breaks", status: "failed", failureMessages: ["\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n    at a.test.ts:3"] },
        { fullName: "a needs a printer", status: "skipped" },
      ],
    },
    { name: "does-not-load.test.ts", status: "failed", message: "Cannot find module 'b'", assertionResults: [] },
  ],
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
  expect(summaryLine(total)).toBe("3 passed, 2 failed, 2 skipped");
  expect(total.skipped).toEqual(["a needs a printer (skipped)", "prints (no printer)"]);
});

it("names what failed, with the first line of the reason", () => {
  const broken = { title: "signs in", tests: [{ status: "unexpected", results: [{ error: { message: "Timeout\nCall log" } }] }] };
  const browser = { ...playwrightReport, suites: [{ title: "journey.spec.ts", specs: [broken] }] };
  expect(addCounts([countVitest(vitestReport), countPlaywright(browser)]).failures).toEqual([
    "a.test.ts > a breaks: AssertionError: expected 1 to be 2",
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
