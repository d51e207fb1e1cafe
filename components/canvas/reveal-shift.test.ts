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

  it("moves what lies below the tools out, by the shortest way that is in view", () => {
    const tools = { x: 0, y: 0, width: 400, height: 90 };
    expect(revealShift({ x: 100, y: 50, ...step }, wide, null, [tools])).toEqual({ right: 0, down: 52 });
    expect(revealShift({ x: 380, y: 30, ...step }, wide, null, [tools])).toEqual({ right: 32, down: 0 });
    expect(revealShift({ x: 420, y: 30, ...step }, wide, null, [tools])).toEqual({ right: 0, down: 0 });
    // Brought into view below them.
    expect(revealShift({ x: 100, y: -200, ...step }, wide, null, [tools])).toEqual({ right: 0, down: 302 });
    const overview = { x: 780, y: 440, width: 220, height: 160 };
    expect(revealShift({ x: 790, y: 450, ...step }, wide, null, [tools, overview])).toEqual({ right: -14, down: -82 });
  });

  it("stays where there is no free place", () => {
    expect(revealShift({ x: 100, y: 50, ...step }, wide, null, [{ x: 0, y: 0, ...wide }])).toEqual({ right: 0, down: 0 });
  });

  it("leaves the view alone where somebody has moved away from it", () => {
    expect(revealShift({ x: -300, y: 300, ...step }, narrow, wide)).toEqual({ right: 0, down: 0 });
    expect(revealShift({ x: 1_200, y: 300, ...step }, wide, narrow)).toEqual({ right: 0, down: 0 });
  });
});
