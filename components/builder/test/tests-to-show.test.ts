import { describe, expect, it } from "vitest";
import { STEP_LABEL } from "@/server/test-data/constants";
import { testsToShow } from "./tests-to-show";

const draft = (id: string) => ({ id, labels: {} });
const step = (id: string, node: string) => ({ id, labels: { [STEP_LABEL]: node } });
const ids = (...given: Parameters<typeof testsToShow>) => testsToShow(...given).map(({ id }) => id);

describe("testsToShow", () => {
  const tests = [step("7", "b"), step("6", "a"), step("5", "a"), draft("4"), step("3", "a"), draft("2")];

  it("takes the last test of the draft, and of each step the newest one after it", () => {
    expect(testsToShow(tests, null)).toEqual([{ id: "7", root: "b" }, { id: "6", root: "a" }, { id: "4", root: null }]);
    expect(ids([step("1", "a")], null)).toEqual(["1"]);
    expect(ids([], null)).toEqual([]);
  });

  it("shows a chosen run without what was tested before it was chosen", () => {
    expect(ids(tests, { runId: "1", after: "7" })).toEqual(["1"]);
    expect(ids([step("8", "a"), ...tests], { runId: "1", after: "7" })).toEqual(["8", "1"]);
  });

  it("shows a test that has just begun with the steps tested after it", () => {
    expect(ids(tests, { runId: "4", after: null })).toEqual(["7", "6", "4"]);
  });

  it("shows what was tested when there was nothing before the run was chosen, whatever its id", () => {
    expect(ids([step("8", "a")], { runId: "9", after: null })).toEqual(["8", "9"]);
  });
});
