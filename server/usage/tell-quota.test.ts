import { describe, expect, it } from "vitest";
import { formatAmount, toldOf } from "./tell-quota";

const quota = { organizationId: "o", workspaceId: "w", metric: "runs" as const, amount: 1_000, used: 799, warnPercent: 80, isHard: false, month: "2026-11-01", warnedFor: null, reachedFor: null };

describe("what is told of a quota", () => {
  it("is nothing below its percentage, and nothing twice in a month", () => {
    expect(toldOf(quota)).toBeNull();
    expect(toldOf({ ...quota, used: 800 })).toMatchObject({ event: "quotaWarning", title: "Runs of the workspace: 80 % of the quota is used", text: "800 of 1,000 this month." });
    expect(toldOf({ ...quota, used: 900, warnedFor: "2026-11-01" })).toBeNull();
    expect(toldOf({ ...quota, used: 900, warnedFor: "2026-10-01" })).toMatchObject({ event: "quotaWarning" });
  });

  it("is once more when it is used up, with what follows", () => {
    expect(toldOf({ ...quota, used: 1_000, warnedFor: "2026-11-01" })).toMatchObject({ event: "quotaReached", severity: "warning", text: "1,000 of 1,000 this month. Nothing is stopped." });
    expect(toldOf({ ...quota, used: 1_000, isHard: true, workspaceId: null })).toMatchObject({ severity: "error", title: "Runs of the organization: the quota is used up" });
    expect(toldOf({ ...quota, used: 2_000, reachedFor: "2026-11-01" })).toBeNull();
  });

  it("is used up at once when there may be none", () => {
    expect(toldOf({ ...quota, amount: 0, used: 0 })).toMatchObject({ event: "quotaReached" });
  });
});

it("says amounts as people do", () => {
  expect([formatAmount("runs", 12_345), formatAmount("llmCost", 1.5), formatAmount("storage", 5 * 1_024 ** 3), formatAmount("storage", 1_024 ** 2), formatAmount("computeSeconds", 90), formatAmount("computeSeconds", 5_400)]).toEqual(["12,345", "$1.50", "5 GB", "1 MB", "90 seconds", "1.5 hours"]);
});
