import { describe, expect, it } from "vitest";
import { formatDuration, formatRelative, formatSize } from "./format";

const now = Date.UTC(2026, 0, 10, 12);

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [9_940, "9.9 s"],
    [59_999, "59 s"],
    [125_000, "2 min 05 s"],
    [3_840_000, "1 h 04 min"],
    [183_600_000, "2 d 3 h"],
    [-5, "0 ms"],
  ])("%i ms is %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("formatRelative", () => {
  it.each([
    [-2_000, "just now"],
    [-30_000, "30 seconds ago"],
    [-3 * 60_000, "3 minutes ago"],
    [2 * 3_600_000, "in 2 hours"],
    [-24 * 3_600_000, "yesterday"],
  ])("%i ms from now is %s", (offset, text) => {
    expect(formatRelative(new Date(now + offset), now)).toBe(text);
  });

  it("gives the date from a week on", () => {
    expect(formatRelative(new Date(now - 30 * 86_400_000), now)).toContain("2025");
  });
});

describe("formatSize", () => {
  it("grows units", () => {
    expect([formatSize(10), formatSize(2_048), formatSize(3 * 1_048_576), formatSize(1.5 * 1_024 ** 3), formatSize(2 * 1_024 ** 4)]).toEqual(["10 B", "2.0 KB", "3.0 MB", "1.5 GB", "2.0 TB"]);
  });
});
