import { describe, expect, it } from "vitest";
import { failureRate, formatShare, niceCeiling, totalOf } from "./figures";

describe("figures", () => {
  it.each([[0, "0 %"], [0.0004, "< 0.1 %"], [0.021, "2.1 %"], [0.05, "5 %"], [0.332, "33 %"], [0.999, "99 %"], [0.9995, "> 99.9 %"], [1, "100 %"]])("a share of %d is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it("have no rate without an end", () => {
    expect(failureRate({ succeeded: 0, failed: 0 })).toBeNull();
    expect(failureRate({ succeeded: 3, failed: 1 })).toBe("25 %");
  });

  it("fit under a round ceiling", () => {
    expect([0, 5, 6, 11, 20, 21, 99, 501].map(niceCeiling)).toEqual([5, 5, 10, 20, 20, 50, 100, 1000]);
    expect(totalOf({ succeeded: 1, failed: 2, cancelled: 3, unfinished: 4 })).toBe(10);
  });
});
