import { describe, expect, it } from "vitest";
import { placeOfProblem } from "./place-of-problem";

describe("placeOfProblem", () => {
  it("names the field of a step", () => {
    expect(placeOfProblem({ nodeId: "http", path: "/nodes/3/config/headers/0" })).toEqual({ node: "http", field: "/config/headers/0" });
    expect(placeOfProblem({ nodeId: "http", path: "/nodes/3/skipIf" })).toEqual({ node: "http", field: "/skipIf" });
  });

  it("is content with the step where there is no field", () => {
    expect(placeOfProblem({ nodeId: "http", path: "/nodes/3" })).toEqual({ node: "http", field: null });
    expect(placeOfProblem({ nodeId: "http", path: "/edges/1/when" })).toEqual({ node: "http", field: null });
  });

  it("leads to the view of settings and input, and else into the text", () => {
    expect(placeOfProblem({ path: "/settings/errorWorkflow" })).toEqual({ view: "settings" });
    expect(placeOfProblem({ path: "/input/properties/a" })).toEqual({ view: "input" });
    expect(placeOfProblem({ path: "/edges/1/when" })).toEqual({ text: "/edges/1/when" });
  });
});
