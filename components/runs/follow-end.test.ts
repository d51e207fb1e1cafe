import { describe, expect, it } from "vitest";
import { keepsFollowing } from "./follow-end";

const place = (top: number, whole = 1_000) => ({ top, height: 200, whole });

describe("following the end of a list", () => {
  it("stops when the reader scrolls up, and stays so while lines come", () => {
    expect(keepsFollowing(true, 800, place(500))).toBe(false);
    expect(keepsFollowing(false, 500, place(500, 2_000))).toBe(false);
    expect(keepsFollowing(false, 500, place(600))).toBe(false);
  });

  it("goes on at the end, also a little above it", () => {
    expect(keepsFollowing(false, 500, place(800))).toBe(true);
    expect(keepsFollowing(false, 500, place(785))).toBe(true);
  });

  it("does not take a longer list for a reader who scrolled", () => {
    expect(keepsFollowing(true, 800, place(800, 2_000))).toBe(true);
    expect(keepsFollowing(true, 800, place(830, 2_000))).toBe(true);
  });
});
