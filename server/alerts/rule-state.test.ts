import { describe, expect, it } from "vitest";
import type { Condition } from "./contract";
import { judge } from "./rule-state";

type What = Parameters<typeof judge>[1];

/** What a rule says to each of a series of occurrences. */
function told(conditions: Condition[], series: What[]): string {
  let state = { failures: 0, isTold: false };
  return series.map((what) => {
    const { tells, next } = judge(conditions, what, state);
    state = next;
    return tells ? "!" : ".";
  }).join("");
}

const F = "failed" as const;
const S = "succeeded" as const;

describe("a rule", () => {
  it.each<[string, Condition[], What[], string]>([
    ["tells of each failure", [{ type: "runFailed" }], [F, F, S, F], "!!.!"],
    ["tells once at the n-th in a row", [{ type: "failuresInRow", count: 3 }], [F, F, F, F, S, F, F, F], "..!....!"],
    ["tells of the recovery after each failure", [{ type: "runFailed" }, { type: "recovered" }], [S, F, F, S, S], ".!!!."],
    ["tells of recoveries alone", [{ type: "recovered" }], [S, F, S, S], "..!."],
    ["tells of a recovery only after what it told of", [{ type: "failuresInRow", count: 2 }, { type: "recovered" }], [F, S, F, F, F, S], "...!.!"],
    ["tells of trouble once until it is over", [{ type: "triggerError" }, { type: "recovered" }], ["troubled", "troubled", "recovered", "recovered", "troubled"], "!.!.!"],
    ["says nothing of what it does not name", [{ type: "workerLost" }], [F, "troubled", S, "recovered"], "...."],
  ])("%s", (_name, conditions, series, expected) => expect(told(conditions, series)).toBe(expected));
});
