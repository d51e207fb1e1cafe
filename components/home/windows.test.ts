import { describe, expect, it } from "vitest";
import { readWindow, runsPath } from "./windows";

describe("the addresses that figures lead to", () => {
  it("carry the filter", () => {
    expect(runsPath({})).toBe("/runs");
    expect(runsPath({ status: ["queued", "running"], mode: "production" })).toBe("/runs?status=queued&status=running&mode=production");
  });

  it("fall back to a day", () => {
    expect([readWindow("week"), readWindow("century"), readWindow(null)]).toEqual(["week", "day", "day"]);
  });
});
