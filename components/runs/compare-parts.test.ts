import { describe, expect, it } from "vitest";
import { partsOfStep } from "./compare-parts";

const side = (status: "succeeded" | "failed") => ({ status, attempts: 1, milliseconds: 5 });
const step = { path: "call", nodeId: "call", left: side("succeeded"), right: side("succeeded"), sameInput: true, sameOutput: true, sameError: true, sameConfig: true };

describe("what of a step is held side by side", () => {
  it("begins with what differs", () => {
    expect(partsOfStep({ ...step, sameConfig: false }).map(({ part }) => part)).toEqual(["config", "output", "input"]);
    expect(partsOfStep({ ...step, sameInput: false, sameOutput: false }).map(({ part }) => part)).toEqual(["output", "input", "config"]);
  });

  it("has an error where one failed, also with the same one", () => {
    expect(partsOfStep({ ...step, right: side("failed"), sameError: false, sameOutput: false }).map(({ part }) => part)).toEqual(["output", "error", "input", "config"]);
    expect(partsOfStep({ ...step, left: side("failed"), right: side("failed") }).map(({ part }) => part)).toContain("error");
    expect(partsOfStep({ ...step, left: null }).map(({ part }) => part)).not.toContain("error");
  });
});
