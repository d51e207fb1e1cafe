import { describe, expect, it } from "vitest";
import { neighbour, readBox } from "./boxes";

describe("the list of approvals", () => {
  it("is walked by key, and ends at its ends", () => {
    const ids = ["a", "b", "c"];
    expect([neighbour(ids, "a", 1), neighbour(ids, "c", 1), neighbour(ids, "b", -1), neighbour(ids, "a", -1)]).toEqual(["b", "c", "a", "a"]);
    expect([neighbour(ids, null, 1), neighbour(ids, "gone", -1), neighbour([], null, 1)]).toEqual(["a", "a", null]);
  });

  it("opens with what waits for the person", () => {
    expect([readBox(null), readBox("others"), readBox("x")]).toEqual(["mine", "others", "mine"]);
  });
});
