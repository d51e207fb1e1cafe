import { describe, expect, it } from "vitest";
import { countOfMore, exportAddress, filterQuery, isFiltered, readRunFilter, textProblem, toListInput } from "./run-filter";

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
      versionId: undefined,
      startedById: undefined,
      environmentId: undefined,
      minDurationMs: undefined,
      maxDurationMs: undefined,
      labels: [],
      text: "",
    });
    expect(isFiltered(read("mode=odd&from=yesterday"))).toBe(false);
  });

  it("turns a range into moments, and prefers moments that are given", () => {
    const now = Date.UTC(2026, 0, 2);
    expect(toListInput(read("range=day"), now)).toMatchObject({ from: "2026-01-01T00:00:00.000Z", to: undefined });
    expect(toListInput(read("range=day&from=2025-12-01T00:00:00Z"), now)).toMatchObject({ from: "2025-12-01T00:00:00Z" });
    expect(toListInput(read(""), now)).toMatchObject({ from: undefined, status: undefined });
  });

  it("asks the server for what can be looked for only", () => {
    expect(toListInput(read("q= ORD-7 &longer=1000&label=team%3Dops&label=odd"), 0)).toMatchObject({ text: "ORD-7", minDurationMs: 1_000, labels: ["team=ops"] });
    expect(toListInput(read("q=--"), 0).text).toBeUndefined();
    expect([textProblem("--"), textProblem("ab1"), textProblem("")]).toEqual([expect.any(String), null, null]);
    expect([countOfMore(read("longer=1&label=a%3Db&status=failed")), isFiltered(read("q=abc"))]).toEqual([2, true]);
  });

  it("keeps of an address what the filter is, and asks the export for the same", () => {
    expect(filterQuery(new URLSearchParams("tab=x&status=failed&workflow=1&status=running"))).toBe("workflow=1&status=failed&status=running");
    const query = new URL(exportAddress("main", toListInput(read("status=failed&status=cancelled&q=abc"), 0)), "http://localhost").searchParams;
    expect([...query]).toEqual([["workspace", "main"], ["status", "failed"], ["status", "cancelled"], ["text", "abc"]]);
  });
});
