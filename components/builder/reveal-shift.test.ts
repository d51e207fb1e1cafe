import { describe, expect, it } from "vitest";
import { revealShift } from "./reveal-shift";

const step = { width: 200, height: 60 };
const wide = { width: 1_000, height: 600 };
const narrow = { width: 600, height: 600 };

describe("revealShift", () => {
  it("brings what is to be shown into view", () => {
    expect(revealShift({ x: -300, y: 700, ...step }, wide, null)).toEqual({ right: 324, down: -184 });
    expect(revealShift({ x: 300, y: 300, ...step }, wide, null)).toEqual({ right: 0, down: 0 });
  });

  it("keeps what was in view beside a panel that opens", () => {
    expect(revealShift({ x: 500, y: 300, ...step }, narrow, wide)).toEqual({ right: -124, down: 0 });
  });

  it("leaves the view alone where somebody has moved away from it", () => {
    expect(revealShift({ x: -300, y: 300, ...step }, narrow, wide)).toEqual({ right: 0, down: 0 });
    expect(revealShift({ x: 1_200, y: 300, ...step }, wide, narrow)).toEqual({ right: 0, down: 0 });
  });
});
