import { describe, expect, it } from "vitest";
import { isFiltered, readRunFilter, toListInput } from "./run-filter";

const read = (query: string) => readRunFilter(new URLSearchParams(query));

describe("readRunFilter", () => {
  it("reads what the address says and leaves out what makes no sense", () => {
    expect(read("status=failed&status=nonsense&status=running&mode=test&trigger=api&workflow=x&range=week")).toEqual({
      workflowId: undefined,
      status: ["failed", "running"],
      mode: "test",
      trigger: ["api"],
      range: "week",
      from: undefined,
      to: undefined,
    });
    expect(isFiltered(read("mode=odd&from=yesterday"))).toBe(false);
  });

  it("turns a range into moments, and prefers moments that are given", () => {
    const now = Date.UTC(2026, 0, 2);
    expect(toListInput(read("range=day"), now)).toMatchObject({ from: "2026-01-01T00:00:00.000Z", to: undefined });
    expect(toListInput(read("range=day&from=2025-12-01T00:00:00Z"), now)).toMatchObject({ from: "2025-12-01T00:00:00Z" });
    expect(toListInput(read(""), now)).toMatchObject({ from: undefined, status: undefined });
  });
});
