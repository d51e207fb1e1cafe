import { describe, expect, it } from "vitest";
import { laneOf, linkPoints, roundedPath } from "./link-path";

const at = (x: number, y: number) => ({ x, y });
const stop = (x: number, y: number, lane = 0) => ({ x, y, lane });

describe("linkPoints", () => {
  it("goes straight down where it can", () => {
    expect(linkPoints(at(10, 0), [stop(10, 100)], 40)).toEqual([at(10, 0), at(10, 100)]);
  });

  it("turns in the gap above the target", () => {
    expect(linkPoints(at(10, 0), [stop(50, 100)], 40)).toEqual([at(10, 0), at(10, 80), at(50, 80), at(50, 100)]);
  });

  it("passes rows where there is room", () => {
    expect(linkPoints(at(10, 0), [stop(90, 100), stop(90, 200), stop(10, 300, 5)], 40)).toEqual([
      at(10, 0),
      at(10, 80),
      at(90, 80),
      at(90, 285),
      at(10, 285),
      at(10, 300),
    ]);
  });
});

describe("laneOf", () => {
  it("spreads neighbours around the middle of the gap", () => {
    expect([0, 1, 2, 3, 4].map(laneOf)).toEqual([-12, -4, 4, 12, -12]);
  });
});

describe("roundedPath", () => {
  it("rounds every corner by no more than there is room for", () => {
    expect(roundedPath([at(0, 0), at(0, 40), at(8, 40), at(8, 80)])).toBe("M0,0 L0,36 Q0,40 4,40 L4,40 Q8,40 8,44 L8,80");
    expect(roundedPath([])).toBe("");
  });
});
