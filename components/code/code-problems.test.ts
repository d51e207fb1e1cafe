import { describe, expect, it } from "vitest";
import { placesOfProblem } from "./code-problems";

const code = "const a = steps;\n  return a +;\n// mysteps";
const texts = (problem: string) => placesOfProblem(code, problem).map(({ from, to }) => code.slice(from, to));

describe("placesOfProblem", () => {
  it("finds the line that is named, without its indent", () => {
    expect(texts("line 2: Unexpected token")).toEqual(["return a +;"]);
    expect(texts("line 99: Unexpected end")).toEqual(["// mysteps"]);
  });

  it("finds names in quotes as whole words", () => {
    expect(placesOfProblem(code, 'the code reads "steps", which it does not see')).toEqual([{ from: 10, to: 15 }]);
    expect(texts('the code reads "a", which it does not see')).toEqual(["a", "a"]);
  });

  it("marks everything where nothing is named", () => {
    expect(texts("This is required.")).toEqual([code]);
    expect(placesOfProblem("", "This is required.")).toEqual([{ from: 0, to: 0 }]);
  });
});
