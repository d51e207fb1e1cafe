import { fc } from "@/server/testing/property-runs";
import { describe, expect, it, test } from "vitest";
import { joinLists, MAX_JOINED_CHARACTERS, mergeLists } from "./merge-lists";
import { nextStart, withStart } from "./period-limit";

describe("a limit per period", () => {
  it("never lets more than the limit start within any period, and never later than it has to", () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), (gaps, limit, period) => {
        let now = 0;
        const starts: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const known = starts.slice(-limit);
          starts.push(nextStart(known, limit, period, now));
          expect(withStart(known, starts.at(-1)!, limit)).toEqual(starts.slice(-limit));
          const start = starts.at(-1)!;
          const within = starts.filter((one) => one > start - period * 1_000);
          expect(within.length).toBeLessThanOrEqual(limit);
          // A moment earlier would be before it was asked for, out of turn, or over the limit.
          const earlier = start - 1;
          const isTooEarly = earlier < now || earlier < (starts.at(-2) ?? -Infinity) || starts.slice(0, -1).filter((one) => one > earlier - period * 1_000).length >= limit;
          expect(isTooEarly).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("who comes to the window with an older time than the last one is not over a limit that is not reached", () => {
  expect(nextStart([1_005], 2, 60, 1_000)).toBe(1_000);
  expect(withStart([1_005], 1_000, 2)).toEqual([1_005, 1_005]);
  expect(nextStart([1_000, 1_005], 2, 60, 1_001)).toBe(61_000);
});

describe("lists put together", () => {
  it("keeps the older entries first and all else of the newer input", () => {
    expect(mergeLists('{"a":[1],"b":1}', '{"b":2,"a":[2]}', "a")).toBe('{"b":2,"a":[1,2]}');
    expect(mergeLists('{"a":1}', "{}", "a")).toBe('{"a":[1]}');
    expect(mergeLists("{}", "{}", "a")).toBe('{"a":[]}');
    const long = JSON.stringify({ a: "x".repeat(MAX_JOINED_CHARACTERS / 2) });
    expect(mergeLists(long, "{}", "a")).not.toBeNull();
    expect(mergeLists(long, long, "a")).toBeNull();
  });

  it("joins those of steps as they are written, unless only one has any or they grow too long", () => {
    expect(joinLists("[1,2]", "[3]")).toEqual({ list: "[1,2,3]" });
    expect(joinLists("[]", "[3]")).toEqual({ list: "[3]" });
    expect(joinLists("[3]", "[]")).toEqual({ list: "[3]" });
    expect(joinLists(null, null)).toEqual({ list: null });
    expect(joinLists("[1]", null)).toBeNull();
    expect(joinLists(`["${"x".repeat(MAX_JOINED_CHARACTERS)}"]`, "[1]")).toBeNull();
  });

  it("is not possible for what is no object here", () => {
    for (const other of ["1", "null", "[1]", '{"$blob":{"id":"x","size":9}}']) {
      expect(mergeLists(other, "{}", "a")).toBeNull();
      expect(mergeLists("{}", other, "a")).toBeNull();
    }
  });
});
